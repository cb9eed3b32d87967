import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditRow } from '@pairgate/protocol/wire'
import fc from 'fast-check'
import { formatEvents } from '../commands/audit-list.ts'
import { formatVerdict } from '../commands/audit-verify.ts'
import { actorText, changeText, eventLines, eventsText, isoTime, timeText } from './describe-event.ts'

const row: AuditRow = {
  seq: 7,
  at: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  epoch: 1,
  actor: `device:${'ab'.repeat(32)}`,
  via: 'websocket',
  address: '192.0.2.1',
  kind: 'token-rotated',
  deviceId: 'cd'.repeat(32),
  role: 'operator',
  tokenId: 't',
  before: { scopes: ['operator.read', 'operator.write'] },
  after: { scopes: ['operator.read'] },
  mac: 'e'.repeat(64),
}

test('one event is one event', () => {
  assert.deepEqual([0, 1, 2].map(eventsText), ['0 events', '1 event', '2 events'])
})

test('an actor is short, and told with the address or the way in', () => {
  assert.equal(actorText(row), 'device abababab · 192.0.2.1')
  const { address: _, ...local } = row
  assert.equal(actorText(local), 'device abababab')
  assert.equal(actorText({ ...local, actor: 'owner', via: 'owner-socket' }), 'owner · owner-socket')
})

test('a change is told as before and after, and what stayed once', () => {
  assert.equal(changeText(row), 'operator.read, operator.write → operator.read')
  const { before: _, ...first } = row
  assert.equal(changeText({ ...first, after: { name: 'Desk', scopes: [] } }), '– → Desk; – → no scopes')
  const same = { ...row, before: { name: 'Desk' }, after: { name: 'Desk' } }
  assert.equal(changeText(same), 'Desk')
  assert.equal(changeText({ ...row, erased: true }), 'details erased')
  assert.equal(changeText({ ...first, before: { fault: 'rolled-back', seq: 4 } }), 'event 4 rolled-back')
})

test('an extension tells both deadlines, and a move both sessions', () => {
  const scopes = ['operator.read']
  const until = { ...row, kind: 'token-extended', before: { scopes }, after: { scopes, expiresAtMs: row.at } }
  assert.equal(changeText(until), 'operator.read; no deadline → until 2026-01-02 03:04:05')
  const moved = {
    ...row,
    kind: 'token-moved',
    before: { scopes, session: '*' },
    after: { scopes, session: 'id' },
  }
  assert.equal(changeText(moved), 'operator.read; every session → session id')
})

test('a time is UTC, and a number that is none is shown as it is', () => {
  assert.equal(timeText(row.at), '2026-01-02 03:04:05')
  assert.equal(isoTime(row.at), '2026-01-02T03:04:05.678Z')
  assert.deepEqual([timeText(9e15), isoTime(Number.NaN)], ['9000000000000000', 'NaN'])
})

test('whatever stands in an event, no letter of it drives the terminal', () => {
  const text = fc.string({ unit: 'binary' })
  const hostile = fc.record({
    actor: text,
    kind: text,
    deviceId: text,
    role: text,
    address: text,
    name: text,
    mac: text,
  })
  fc.assert(
    fc.property(hostile, ({ name, ...words }) => {
      const event = { ...row, ...words, before: { name }, after: { name: `${name}!`, scopes: [name] } }
      const said = [...eventLines(event), ...formatEvents([event], 200).split('\n')].join('')
      assert.doesNotMatch(said, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    }),
  )
})

test('a verdict says what was not verified too', () => {
  const head = { epoch: 2, seq: 9, mac: 'f' }
  const sound = { ok: true, events: 9, from: 1, to: 9, head, erased: 0, unsealed: 0, accepted: [] } as const
  assert.equal(formatVerdict(sound).length, 2)
  const lines = formatVerdict({ ...sound, erased: 1, unsealed: 2, accepted: [{ seq: 3, fault: 'changed' }] })
  assert.match(
    lines.join('\n'),
    /details of 1 events.*\n2 events are older.*\nEvent 3 is at fault \(changed\)/,
  )
  const empty = { ...sound, events: 0, from: 0, to: 0 }
  assert.match(formatVerdict(empty).join(), /empty, as it should be/)
})
