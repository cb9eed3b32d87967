import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createImportDevices, type ForeignDevice, type ForeignGrant, type Store } from '@pairgate/core'
import type { SessionId } from '@pairgate/protocol'
import { append, at, device, deviceId, removed, token, tokenHash, tokenId } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

const live = (n: number, changes: object = {}): ForeignGrant => ({
  state: 'live',
  role: 'operator',
  scopes: ['operator.read'],
  secretHash: tokenHash(1_000 + n),
  ...changes,
})
const revoked = (): ForeignGrant => ({ state: 'revoked', role: 'operator', revokedAt: at(50) })

function foreign(n: number, ...grants: ForeignGrant[]): ForeignDevice {
  const { id, publicKey, displayName, platform, deviceFamily, clientId, clientMode } = device(n)
  return {
    id,
    publicKey,
    metadata: { displayName, platform, deviceFamily, clientId, clientMode },
    label: `label ${n}`,
    scopes: ['operator.read', 'operator.write'],
    pairedAt: at(40 + n),
    lastSeenAt: at(60),
    lastSeenIp: '192.0.2.7',
    grants,
  }
}

function importInto(store: Store, defaultSession = 'own') {
  let drawn = 100
  const next = () => {
    drawn += 1
    return drawn
  }
  return createImportDevices({
    store,
    clock: { now: () => at(5_000) },
    // Eight letters of it go into the key.
    random: { sessionId: () => `s${next()}-of-an-import` as SessionId },
    drawSecret: () => {
      const n = next()
      return { tokenId: tokenId(n), tokenHash: tokenHash(n), keyId: 'key-1' }
    },
    appendEvent: (tx, { event, actor, at: when }) => append(tx, event, actor, when),
    pairing: { defaultSession, tokenTtlMs: undefined, idleTtlMs: undefined },
  })
}

async function imported(store: Store, devices: readonly ForeignDevice[], defaultSession?: string) {
  const done = await importInto(store, defaultSession)(devices)
  assert.ok(done.ok, JSON.stringify(done))
  return done.value.judged.map(({ verdict }) => verdict)
}

async function all({ read }: Store) {
  const [devices, tokens, sessions] = [
    await read.listDevices(),
    await read.listTokens(),
    await read.listSessions(),
  ]
  return { devices, tokens, sessions, head: await read.eventHead() }
}

export function describeImports(open: OpenStore): void {
  describe('devices of another gateway', () => {
    test(
      'an imported token is found by the secret of its device, as the one before, and only so',
      withStore(open, async (store) => {
        assert.deepEqual(await imported(store, [foreign(1, live(1))]), ['new'])
        const found = await store.read.findTokenByHash(tokenHash(1_001))
        const { as, token: kept } = found ?? {}
        assert.deepEqual([as, kept?.previousTokenId, kept?.rotatedAt], ['previous', undefined, undefined])
        assert.deepEqual([kept?.scopes, kept?.createdAt], [['operator.read'], at(5_000)])
        const [record] = await store.read.listDevices()
        assert.deepEqual(record, {
          ...device(1, { operatorLabel: 'label 1', approvedVia: 'import', approvedAt: at(5_000) }),
          pairedAt: at(41),
          lastSeenAt: at(60),
          lastSeenIp: '192.0.2.7',
        })
        const [told] = await store.read.listEventRecords({ limit: 1 })
        assert.deepEqual([told?.kind, told?.actor, told?.via], ['device-imported', 'owner', 'host'])
      }),
    )

    test(
      'a second import changes nothing',
      withStore(open, async (store) => {
        const devices = [foreign(1, live(1)), foreign(2, revoked())]
        await imported(store, devices)
        const before = await all(store)
        assert.deepEqual(await imported(store, devices), ['here', 'revoked-here'])
        assert.deepEqual(await all(store), before)
      }),
    )

    test(
      'what was decided here stands: a device that is here, revoked or removed',
      withStore(open, async (store) => {
        await store.mutate(async (tx) => {
          await tx.saveDevice(device(1))
          await tx.saveToken(token(1))
          await tx.saveDevice(device(2))
          await tx.saveToken(token(2, { revokedAt: at(9), revokedBy: 'owner' }))
          await append(tx, removed(3), { ref: 'owner', via: 'host', connId: 'x', remoteIp: undefined }, at(9))
        })
        const before = await all(store)
        const devices = [
          foreign(1, live(1), live(11, { role: 'node' })),
          foreign(2, live(2)),
          foreign(3, live(3)),
        ]
        assert.deepEqual(await imported(store, devices), ['here', 'here', 'revoked-here', 'removed-here'])
        assert.deepEqual(await all(store), before)
      }),
    )

    test(
      'a secret leads to one device only: the second that has it is left behind',
      withStore(open, async (store) => {
        await store.mutate(async (tx) => {
          await tx.saveDevice(device(9))
          await tx.saveToken(token(9, { tokenHash: tokenHash(1_002) }))
        })
        const devices = [foreign(1, live(1)), foreign(2, live(2)), foreign(3, live(1))]
        assert.deepEqual(await imported(store, devices), ['new', 'secret-taken', 'secret-taken'])
        assert.equal(await store.read.findDevice(deviceId(2)), undefined)
      }),
    )

    test(
      'a revoked role has no secret, keeps its time, and neither role nor scopes stand',
      withStore(open, async (store) => {
        await imported(store, [
          foreign(1, revoked(), live(1, { role: 'node', scopes: [] })),
          foreign(2, revoked()),
        ])
        const ended = await store.read.findToken(deviceId(2), 'operator')
        assert.deepEqual(
          [ended?.revokedAt, ended?.revokedBy, ended?.previousHash],
          [at(50), 'import', undefined],
        )
        const roles = (await store.read.listDevices()).map((each) => [each.roles, each.scopes])
        assert.deepEqual(roles, [
          [['node'], []],
          [[], []],
        ])
      }),
    )

    test(
      'an admin opens every session, everybody else one of its own, the node of a device that of its operator',
      withStore(open, async (store) => {
        const admin = {
          ...foreign(1, live(1, { scopes: ['operator.admin'] })),
          scopes: ['operator.admin'] as const,
        }
        const both = foreign(2, live(2, { role: 'node', scopes: [] }), live(3))
        await imported(store, [admin, both, foreign(4, live(4))])
        const home = async (n: number, role: 'operator' | 'node') =>
          (await store.read.findToken(deviceId(n), role))?.sessionId
        assert.equal(await home(1, 'operator'), '*')
        assert.equal(await home(2, 'operator'), await home(2, 'node'))
        assert.notEqual(await home(2, 'operator'), await home(4, 'operator'))
        assert.equal((await store.read.listSessions()).length, 2)
        assert.notEqual(await store.read.findMeta('claimed'), undefined)
      }),
    )

    test(
      'a default session is made once for all, and one that there is not stops everything',
      withStore(open, async (store) => {
        const devices = [foreign(1, live(1)), foreign(2, live(2))]
        const refused = await importInto(store, 'team')(devices)
        assert.deepEqual(refused, { ok: false, refusal: { reason: 'default-session-missing', key: 'team' } })
        assert.equal(await store.read.countDevices(), 0)
        await imported(store, devices, 'main')
        const opened = new Set<SessionId>((await store.read.listTokens()).map((each) => each.sessionId))
        assert.equal(opened.size, 1)
      }),
    )
  })
}
