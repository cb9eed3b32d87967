import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Device, DeviceChoice, DeviceOrder, Store, Token } from '@pairgate/core'
import { EVERY_SESSION } from '@pairgate/protocol'
import fc from 'fast-check'
import { at, device, deviceId, sessionId, token, use } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

const NOW = at(10_000)
const ALL: DeviceChoice = {
  reach: 'all',
  search: undefined,
  state: undefined,
  connected: undefined,
  role: undefined,
  session: undefined,
  now: NOW,
  idleMs: undefined,
}
const BY_NAME: DeviceOrder = { sort: 'name', descending: false, after: undefined, limit: 100 }

/** Pages through everything, `limit` at a time. */
async function walk({ read }: Store, choice: DeviceChoice, order: DeviceOrder): Promise<readonly string[]> {
  const ids: string[] = []
  for (let { after } = order; ; ) {
    const { devices } = await read.pageDevices(choice, { ...order, after })
    ids.push(...devices.map(({ device: { id } }) => id))
    after = devices.at(-1)?.place
    if (devices.length < order.limit) return ids
  }
}

async function save(store: Store, devices: readonly Device[], tokens: readonly Token[] = []): Promise<void> {
  await store.mutate(async (tx) => {
    for (const one of devices) await tx.saveDevice(one)
    for (const one of tokens) await tx.saveToken(one)
  })
}

export function describeDevicePages(open: OpenStore): void {
  describe('pages of devices', () => {
    test(
      'devices are sorted by the name that people see, without regard to case, then by id',
      withStore(open, async (store) => {
        await save(store, [
          device(1, { displayName: 'zebra', operatorLabel: 'Änne' }),
          device(2, { displayName: 'Desk' }),
          device(3, { displayName: 'desk 2' }),
          device(4, { displayName: undefined, clientId: 'cli' }),
          device(5, { displayName: 'DESK' }),
        ])
        const ids = [4, 2, 5, 3, 1].map(deviceId)
        assert.deepEqual(await walk(store, ALL, { ...BY_NAME, limit: 2 }), ids)
        assert.deepEqual(await walk(store, ALL, { ...BY_NAME, descending: true, limit: 2 }), ids.reverse())
      }),
    )

    test(
      'the end of a device is that of the token that stands and ends first, whatever was saved first',
      withStore(open, async (store) => {
        const revoked = { revokedAt: at(1), revokedBy: 'owner' }
        await store.mutate(async (tx) => {
          await tx.saveToken(token(1, { expiresAt: at(30_000) }))
          await tx.saveDevice(device(1))
        })
        await save(
          store,
          [device(2), device(3), device(4)],
          [
            token(2),
            token(12, { deviceId: deviceId(2), role: 'node', expiresAt: at(20_000) }),
            token(3, { expiresAt: at(5_000), ...revoked }),
            token(4, { expiresAt: at(9_000) }),
          ],
        )
        const order = { ...BY_NAME, sort: 'expires' } as const
        assert.deepEqual(await walk(store, ALL, order), [4, 2, 1, 3].map(deviceId))
        const idsIn = (state: DeviceChoice['state']) => walk(store, { ...ALL, state }, order)
        assert.deepEqual(await idsIn('live'), [2, 1].map(deviceId))
        assert.deepEqual(await idsIn('expired'), [deviceId(4)])
        assert.deepEqual(await idsIn('revoked'), [deviceId(3)])

        await store.mutate((tx) => tx.saveToken(token(4, { expiresAt: at(40_000) })))
        await store.mutate((tx) => tx.saveDevice(device(4, { operatorLabel: 'renamed' })))
        assert.deepEqual(await idsIn('live'), [2, 1, 4].map(deviceId))
      }),
    )

    test(
      'a token that lay unused for too long is none that lives, and one that was used is',
      withStore(open, async (store) => {
        await save(store, [device(1), device(2)], [token(1), token(2)])
        await store.noteTokenUse([use(2, { at: at(9_500) })])
        const idle = { ...ALL, idleMs: 1_000 }
        assert.deepEqual(await walk(store, { ...idle, state: 'live' }, BY_NAME), [deviceId(2)])
        assert.deepEqual(await walk(store, { ...idle, state: 'expired' }, BY_NAME), [deviceId(1)])
      }),
    )

    test(
      'a search finds parts of every name, of the address, and how an id begins, and takes no sign for a pattern',
      withStore(open, async (store) => {
        await save(store, [
          device(1, { displayName: '100% Küche_a' }),
          device(2, { displayName: 'own name', operatorLabel: 'Desk \\ two' }),
          device(0xabc, { displayName: 'third', lastSeenIp: '192.0.2.77' }),
        ])
        const find = (search: string) => walk(store, { ...ALL, search }, BY_NAME)
        for (const word of ['küche', '100%', '%', '_a', 'e_'])
          assert.deepEqual(await find(word), [deviceId(1)], word)
        for (const word of ['desk', 'own', '\\']) assert.deepEqual(await find(word), [deviceId(2)], word)
        assert.deepEqual(await find('2.77'), [deviceId(0xabc)])
        assert.deepEqual(await find('a_'), [])
        assert.equal((await find('0000000000')).length, 3)
        assert.deepEqual(await find(deviceId(0xabc)), [deviceId(0xabc)])
        assert.deepEqual(await find("' or 1=1 --"), [])
      }),
    )

    test(
      'who is bound to one session is shown and counted what lies in it as a whole, and itself',
      withStore(open, async (store) => {
        const mine = sessionId(50)
        const of = (n: number, more: Partial<Token> = {}) => token(n, { sessionId: mine, ...more })
        const gone = { revokedAt: at(1), revokedBy: 'owner' }
        await save(
          store,
          [1, 2, 3, 4, 5, 6].map((n) => device(n)),
          [
            of(1),
            of(2, gone),
            of(3),
            token(13, { deviceId: deviceId(3), role: 'node' }),
            token(4),
            token(5, { sessionId: EVERY_SESSION }),
          ],
        )
        const reach = { own: deviceId(5), home: mine }
        assert.deepEqual(await walk(store, { ...ALL, reach }, BY_NAME), [1, 2, 5].map(deviceId))
        assert.equal((await store.read.pageDevices({ ...ALL, reach }, { ...BY_NAME, limit: 1 })).total, 3)
        const self = { own: deviceId(4), home: undefined }
        assert.deepEqual(await walk(store, { ...ALL, reach: self }, BY_NAME), [deviceId(4)])
        const nobody = { own: undefined, home: sessionId(77) }
        assert.deepEqual(await walk(store, { ...ALL, reach: nobody }, BY_NAME), [])
      }),
    )

    test(
      'role, session and connection choose together',
      withStore(open, async (store) => {
        const ids = [1, 2, 3].map(deviceId)
        await save(
          store,
          [device(1), device(2, { roles: ['node', 'operator'] }), device(3, { roles: [] })],
          [token(1), token(2, { sessionId: sessionId(1) }), token(3)],
        )
        const find = (choice: Partial<DeviceChoice>) => walk(store, { ...ALL, ...choice }, BY_NAME)
        assert.deepEqual(await find({ role: 'node' }), [ids[1]])
        assert.deepEqual(await find({ session: sessionId(1) }), [ids[0], ids[1]])
        assert.deepEqual(await find({ session: sessionId(1), role: 'node' }), [ids[1]])
        const these = ids.slice(1)
        assert.deepEqual(await find({ connected: { is: true, ids: these } }), these)
        assert.deepEqual(await find({ connected: { is: false, ids: these } }), [ids[0]])
        assert.deepEqual(await find({ connected: { is: false, ids: [] } }), ids)
        assert.deepEqual(await store.read.listTokensOf(these), [
          token(2, { sessionId: sessionId(1) }),
          token(3),
        ])
        assert.deepEqual(await store.read.listTokensOf([]), [])
      }),
    )

    describeWalks(open)
  })
}

function describeWalks(open: OpenStore): void {
  test(
    'whatever the order, all pages together are all devices, each once, also while others are added',
    withStore(open, async (store) => {
      let added = 0
      const add = async (names: readonly number[]) =>
        save(
          store,
          names.map((name) => {
            added += 1
            const lastSeenAt = name % 3 === 0 ? undefined : at(name)
            return device(added, { displayName: `n${name}`, pairedAt: at(name), lastSeenAt })
          }),
        )
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat(5), { maxLength: 4 }),
          fc.record({
            sort: fc.constantFrom('name', 'paired', 'seen', 'expires'),
            descending: fc.boolean(),
            limit: fc.integer({ min: 1, max: 5 }),
          }),
          fc.constantFrom(undefined, 'n'),
          async (names, order, search) => {
            const fresh = [...names]
            const before = await walk(store, ALL, BY_NAME)
            const choice = { ...ALL, search }
            const seen: string[] = []
            let after: DeviceOrder['after']
            for (;;) {
              const { devices } = await store.read.pageDevices(choice, { ...order, after })
              seen.push(...devices.map(({ device: { id } }) => id))
              after = devices.at(-1)?.place
              if (devices.length < order.limit) break
              // One page on the way meets new devices, before and behind it.
              await add(fresh.splice(0))
            }
            assert.equal(new Set(seen).size, seen.length)
            for (const id of before) assert.ok(seen.includes(id), id)
          },
        ),
        { numRuns: 30 },
      )
    }),
  )
}
