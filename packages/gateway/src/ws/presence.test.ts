import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Principal } from '@pairgate/core'
import { type DeviceId, EVERY_SESSION, type Instant, type Scope, type SessionId } from '@pairgate/protocol'
import type { PresencePayload } from '@pairgate/protocol/wire'
import fc from 'fast-check'
import { DIALECT_4 } from '../wire/dialect-4.ts'
import { type Connection, createConnection } from './connection.ts'
import type { FrameChannel } from './frame-channel.ts'
import { createPresence } from './presence.ts'

interface Who {
  readonly device?: string
  readonly session?: string
  readonly scopes?: readonly Scope[]
  readonly mode?: string
  readonly role?: 'operator' | 'node'
}

/** A presence whose only timer fires by hand, and connections that keep what they were told. */
function openWorld() {
  let beat: (() => void) | undefined
  let count = 0
  const now = () => 1_000 as Instant
  const presence = createPresence({
    clock: { now },
    timers: {
      every: () => assert.fail('nothing here is repeated'),
      after(_ms, work) {
        assert.equal(beat, undefined, 'two timers at once')
        beat = work
        return () => assert.fail('a beat is not cancelled')
      },
    },
    version: '1',
    startedAt: now(),
    host: 'machine',
  })

  function join({ device, session, scopes = ['operator.read'], mode = 'ui', role = 'operator' }: Who) {
    count += 1
    const told: PresencePayload[] = []
    const channel = {
      send: (frame: { readonly payload: PresencePayload }) => void told.push(frame.payload),
      close: () => undefined,
    } as unknown as FrameChannel
    const facts = {
      role,
      scopes,
      sessionId: (session ?? EVERY_SESSION) as SessionId,
      remoteIp: undefined,
      connId: `c${count}`,
    }
    const principal = (
      device ? { ...facts, kind: 'device', deviceId: device as DeviceId } : { ...facts, kind: 'shared' }
    ) as Principal
    const connection = createConnection(channel, {
      principal,
      dialect: DIALECT_4,
      metadata: { displayName: device, clientMode: mode } as Connection['metadata'],
      expiresAt: undefined,
    } as Parameters<typeof createConnection>[1])
    connection.open()
    return { connection, told, principal, hello: presence.join(connection) }
  }
  return {
    presence,
    join,
    /** Whether there was anything to tell. */
    beat(): boolean {
      const due = beat
      beat = undefined
      due?.()
      return due !== undefined
    },
  }
}
type Joined = ReturnType<ReturnType<typeof openWorld>['join']>

const ADMIN = { scopes: ['operator.admin'] } as const
const names = (rows: readonly { readonly deviceId?: string }[]): string[] =>
  rows.map(({ deviceId }) => deviceId ?? 'gateway')

test('many who come and go are told in one event', () => {
  const { join, beat } = openWorld()
  const admin = join({ ...ADMIN, mode: 'cli' })
  assert.equal(beat(), false)
  for (let at = 0; at < 50; at += 1) join({ device: `d${at}` })
  assert.equal(admin.told.length, 0)
  beat()
  assert.equal(admin.told.length, 1)
  assert.equal(admin.told[0]?.presence.length, 51)
  assert.equal(beat(), false)
})

test('a device that is alone is told nothing, however many others come and go', () => {
  const { join, beat } = openWorld()
  const alone = join({ device: 'd' })
  for (let at = 0; at < 10; at += 1) join({ device: `other${at}` }).connection.lost()
  assert.equal(beat(), false)
  assert.deepEqual(alone.told, [])
  assert.deepEqual(names(alone.hello), ['gateway', 'd'])
})

test('a device hears of its other connections, and not for ever', () => {
  const { join, beat } = openWorld()
  const first = join({ device: 'd', session: 's' })
  const second = join({ device: 'd', session: 's', scopes: ['operator.read', 'operator.talk'] })
  beat()
  assert.deepEqual(first.told.at(-1)?.presence[1]?.scopes, ['operator.read', 'operator.talk'])
  assert.deepEqual(second.told, first.told)
  second.connection.lost()
  beat()
  assert.deepEqual(first.told.at(-1)?.presence[1]?.scopes, ['operator.read'])
  assert.equal(second.told.length, 1)
  assert.equal(beat(), false)
})

test('who comes late and sees all is told of those who are there', () => {
  const { join, beat } = openWorld()
  join({ device: 'd' })
  const late = join({ ...ADMIN, mode: 'cli' })
  assert.deepEqual(names(late.hello), ['gateway'])
  beat()
  assert.deepEqual(names(late.told[0]?.presence ?? []), ['gateway', 'd'])
})

test('an answer holds 200 rows, the newest first', () => {
  const { presence, join } = openWorld()
  for (let at = 0; at < 300; at += 1) join({ device: `d${at}` })
  const admin = join({ ...ADMIN, mode: 'cli' })
  const rows = names(presence.seenBy(admin.principal))
  assert.equal(rows.length, 200)
  assert.deepEqual(rows.slice(0, 3), ['gateway', 'd299', 'd298'])
  assert.equal(admin.hello.length, 1)
})

test('a beat tells no more than so many rows, and the next one goes on', () => {
  const { join, beat } = openWorld()
  for (let at = 0; at < 300; at += 1) join({ device: `d${at}` })
  const admins = Array.from({ length: 60 }, () => join({ ...ADMIN, mode: 'cli' }))
  const told = () => admins.filter((admin) => admin.told.length === 1).length
  const counts = []
  while (beat()) counts.push(told())
  assert.deepEqual(counts, [25, 50, 60])
})

test('commands and probes are not listed, and whoever cannot read is shown nothing', () => {
  const { presence, join, beat } = openWorld()
  const admin = join({ ...ADMIN, mode: 'cli' })
  for (const mode of ['cli', 'probe']) join({ device: mode, mode })
  assert.deepEqual(names(presence.seenBy(admin.principal)), ['gateway'])
  assert.deepEqual(join({ device: 'd', scopes: [] }).hello, [])
  assert.deepEqual(join({ device: 'n', scopes: [], role: 'node' }).hello, [])
  beat()
  assert.deepEqual(names(admin.told.at(-1)?.presence ?? []), ['gateway', 'n', 'd'])
})

test('only who sees every session reads the name of the machine', () => {
  const { join } = openWorld()
  assert.equal(join({ device: 'd', session: 's' }).hello[0]?.host, undefined)
  assert.equal(join({ device: 'd', session: 's', ...ADMIN }).hello[0]?.host, undefined)
  assert.equal(join({ device: 'd', ...ADMIN }).hello[0]?.host, 'machine')
})

const who: fc.Arbitrary<Who> = fc.record({
  device: fc.option(fc.constantFrom('d1', 'd2', 'd3'), { nil: undefined }),
  session: fc.option(fc.constantFrom('s1', 's2'), { nil: undefined }),
  scopes: fc.subarray<Scope>(['operator.admin', 'operator.read', 'operator.pairing']),
  mode: fc.constantFrom('ui', 'cli'),
  role: fc.constantFrom('operator', 'node'),
}) as fc.Arbitrary<Who>
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('join' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('leave' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('beat' as const), pick: fc.nat() }) },
)

/** What a connection may see by design section 6, written down apart from the code. */
function maySee(viewer: Joined, other: Joined): boolean {
  const [us, them] = [viewer.principal, other.principal]
  if (us.sessionId !== EVERY_SESSION && us.sessionId !== them.sessionId) return false
  if (us.kind !== 'device' || us.scopes.includes('operator.admin')) return true
  return them.kind === 'device' && them.deviceId === us.deviceId
}

test('nobody is shown or told of a connection of another session or device, whoever comes and goes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { presence, join, beat } = openWorld()
      const joined: Joined[] = []
      const read = (all: readonly Joined[]) =>
        all.filter(({ principal: { scopes, role } }) => role === 'operator' && scopes.some(READS))
      const allowed = (viewer: Joined): readonly string[] => {
        const others = joined.filter((other) => isListed(other) && maySee(viewer, other))
        return [...new Set(others.map(deviceOf))].filter((name) => name !== undefined).sort()
      }
      for (const taken of steps) {
        if (taken.do === 'join') joined.push(join(taken.who))
        if (taken.do === 'leave') joined.splice(taken.pick % (joined.length + 1), 1)[0]?.connection.lost()
        if (taken.do === 'beat') beat()
        for (const viewer of read(joined)) {
          const seen = names(presence.seenBy(viewer.principal)).filter((name) => name !== 'gateway')
          assert.deepEqual(seen.sort(), allowed(viewer))
        }
      }
      beat()
      for (const viewer of joined) {
        if (!read([viewer]).length) assert.deepEqual([...viewer.told, ...viewer.hello], [])
        const last = viewer.told.at(-1)?.presence ?? viewer.hello
        for (const row of last.slice(1))
          assert.ok(row.deviceId === undefined || allowed(viewer).includes(row.deviceId))
      }
      const admin = join({ ...ADMIN, mode: 'cli' })
      for (const { connection } of joined) connection.lost()
      assert.deepEqual(names(presence.seenBy(admin.principal)), ['gateway'])
    }),
    { numRuns: 300 },
  )
})

const READS = (scope: Scope) => scope === 'operator.admin' || scope === 'operator.read'
const isListed = ({ connection }: Joined) => connection.metadata.clientMode !== 'cli'
const deviceOf = ({ principal }: Joined) => (principal.kind === 'device' ? principal.deviceId : undefined)
