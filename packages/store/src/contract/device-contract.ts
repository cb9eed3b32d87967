import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { at, device, deviceId, token, tokenId, use } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

export function describeDevices(open: OpenStore): void {
  describe('devices', () => {
    test(
      'a device comes back as it was saved, with every field and with none of the optional ones',
      withStore(open, async (store) => {
        const full = device(1, {
          displayName: 'Kitchen "π" 🙂',
          platform: 'linux',
          deviceFamily: 'pi',
          clientId: 'cli',
          clientMode: 'backend',
          operatorLabel: "it's mine",
          roles: ['node', 'operator'],
          scopes: ['operator.admin'],
          approvedVia: 'local',
          originSignedAt: at(6_000),
          lastSeenAt: at(7_000),
          lastSeenIp: '2001:db8::1',
        })
        const bare = device(2, {
          displayName: undefined,
          platform: undefined,
          clientId: undefined,
          clientMode: undefined,
          roles: [],
          scopes: [],
        })
        await store.mutate(async (tx) => {
          await tx.saveDevice(full)
          await tx.saveDevice(bare)
        })
        assert.deepEqual(await store.read.findDevice(full.id), full)
        assert.deepEqual(await store.read.findDevice(bare.id), bare)
      }),
    )

    test(
      'devices are found by who approved them last, in the order in which they were paired',
      withStore(open, async (store) => {
        const by = (n: number, approvedBy: string) => device(n, { approvedBy, pairedAt: at(10 - n) })
        await store.mutate(async (tx) => {
          for (const [n, ref] of ['device:a', 'owner', 'device:a', 'device:ab'].entries())
            await tx.saveDevice(by(n + 1, ref))
        })
        const found = await store.read.listDevicesApprovedBy('device:a')
        assert.deepEqual(found, [by(3, 'device:a'), by(1, 'device:a')])
        await store.mutate((tx) => tx.saveDevice(by(3, 'owner')))
        assert.deepEqual(await store.read.listDevicesApprovedBy('device:a'), [by(1, 'device:a')])
        assert.deepEqual(await store.read.listDevicesApprovedBy('device:b'), [])
      }),
    )

    test(
      'an unknown device is undefined, and no device is an empty list',
      withStore(open, async ({ read }) => {
        assert.equal(await read.findDevice(deviceId(9)), undefined)
        assert.deepEqual(await read.listDevices(), [])
      }),
    )

    test(
      'a device that is saved again is replaced in place and keeps its tokens',
      withStore(open, async (store) => {
        await store.mutate(async (tx) => {
          await tx.saveDevice(device(1, { operatorLabel: 'old', lastSeenAt: at(9) }))
          await tx.saveToken(token(1))
        })
        const renamed = device(1, { operatorLabel: 'new' })
        await store.mutate((tx) => tx.saveDevice(renamed))
        assert.deepEqual(await store.read.listDevices(), [renamed])
        assert.deepEqual(await store.read.listTokens(), [token(1)])
      }),
    )

    test(
      'devices are listed in the order of their pairing, or only the one that was asked for',
      withStore(open, async (store) => {
        const [late, early] = [device(1, { pairedAt: at(200) }), device(2, { pairedAt: at(100) })]
        await store.mutate(async (tx) => {
          await tx.saveDevice(late)
          await tx.saveDevice(early)
        })
        assert.deepEqual(await store.read.listDevices(), [early, late])
        assert.deepEqual(await store.read.listDevices(late.id), [late])
        assert.equal(await store.read.countDevices(), 2)
        assert.deepEqual(await store.read.listDevices(deviceId(9)), [])
      }),
    )

    test(
      'deleting a device takes all its tokens along and nobody else’s',
      withStore(open, async (store) => {
        await store.mutate(async (tx) => {
          for (const n of [1, 2]) {
            await tx.saveDevice(device(n))
            await tx.saveToken(token(n))
          }
          await tx.saveToken(token(3, { deviceId: deviceId(1), role: 'node' }))
        })
        await store.mutate((tx) => tx.deleteDevice(deviceId(1)))
        assert.deepEqual(await store.read.listDevices(), [device(2)])
        assert.deepEqual(await store.read.listTokens(), [token(2)])
        assert.equal(await store.read.findTokenByHash(token(1).tokenHash), undefined)
      }),
    )

    test(
      'deleting a device that is not there changes nothing',
      withStore(open, async (store) => {
        await store.mutate((tx) => tx.saveDevice(device(1)))
        await store.mutate((tx) => tx.deleteDevice(deviceId(9)))
        assert.deepEqual(await store.read.listDevices(), [device(1)])
      }),
    )

    describeUses(open)
  })
}

function describeUses(open: OpenStore): void {
  test(
    'uses of many tokens are noted in one batch, at the token and at its device',
    withStore(open, async (store) => {
      await store.mutate(async (tx) => {
        for (const n of [1, 2]) {
          await tx.saveDevice(device(n))
          await tx.saveToken(token(n))
        }
      })
      await store.noteTokenUse([use(1), use(2, { at: at(3_000), ip: undefined })])
      assert.deepEqual(await store.read.listTokens(), [
        token(1, { lastUsedAt: at(2_000) }),
        token(2, { lastUsedAt: at(3_000) }),
      ])
      assert.deepEqual(await store.read.listDevices(), [
        device(1, { lastSeenAt: at(2_000), lastSeenIp: '192.0.2.7' }),
        device(2, { lastSeenAt: at(3_000), lastSeenIp: undefined }),
      ])
    }),
  )

  test(
    '"last used" never moves backwards, within a batch or between two',
    withStore(open, async (store) => {
      await store.mutate(async (tx) => {
        await tx.saveDevice(device(1))
        await tx.saveToken(token(1))
      })
      await store.noteTokenUse([use(1, { at: at(5_000), ip: '192.0.2.5' }), use(1, { at: at(4_000) })])
      await store.noteTokenUse([use(1, { at: at(3_000) })])
      assert.equal((await store.read.findToken(deviceId(1), 'operator'))?.lastUsedAt, 5_000)
      const seen = await store.read.findDevice(deviceId(1))
      assert.deepEqual([seen?.lastSeenAt, seen?.lastSeenIp], [5_000, '192.0.2.5'])
    }),
  )

  test(
    'a use of a secret that was rotated since is noted at the device and not at the new token',
    withStore(open, async (store) => {
      await store.mutate(async (tx) => {
        await tx.saveDevice(device(1))
        await tx.saveToken(token(1))
      })
      await store.noteTokenUse([use(1, { tokenId: tokenId(77) })])
      assert.equal((await store.read.findToken(deviceId(1), 'operator'))?.lastUsedAt, undefined)
      assert.equal((await store.read.findDevice(deviceId(1)))?.lastSeenAt, 2_000)
    }),
  )

  test(
    'a use of a device that was removed since brings nothing back',
    withStore(open, async (store) => {
      await store.noteTokenUse([use(1)])
      await store.noteTokenUse([])
      assert.deepEqual(await store.read.listDevices(), [])
      assert.deepEqual(await store.read.listTokens(), [])
    }),
  )
}
