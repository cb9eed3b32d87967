import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Row, type Shown, withPresence, withRow } from './patch-devices.ts'

interface Named extends Row {
  readonly name?: string
  readonly connected?: boolean
  readonly lastSeenAtMs?: number
}

const device = (deviceId: string, changes: Partial<Named> = {}): Named => ({
  deviceId,
  connections: 0,
  tokens: [{}],
  ...changes,
})
const shown: Shown<Named> = { devices: [device('a'), device('b')], total: 9 }
const anyhow = { isConnected: false, sort: 'name' } as const
const ids = ({ devices }: Shown) => devices.map(({ deviceId }) => deviceId)

test('who comes and goes changes its row alone, and nothing where nobody of the list does', () => {
  const come = { devices: [{ deviceId: 'b', connections: 2 }], ts: 7 }
  const patched = withPresence(shown, come, anyhow)
  assert.equal(patched?.devices[0], shown.devices[0])
  const { connections, connected, lastSeenAtMs } = patched?.devices[1] ?? {}
  assert.deepEqual([connections, connected, lastSeenAtMs], [2, true, 7])
  assert.equal(withPresence(shown, { devices: [{ deviceId: 'c', connections: 1 }], ts: 7 }, anyhow), shown)
})

test('where presence decides who is shown, or in which order, the list has to be read', () => {
  const come = { devices: [{ deviceId: 'b', connections: 2 }], ts: 7 }
  assert.equal(withPresence(shown, come, { ...anyhow, isConnected: true }), undefined)
  assert.equal(withPresence(shown, come, { ...anyhow, sort: 'seen' }), undefined)
  assert.equal(withPresence(shown, { ...come, more: true }, anyhow), undefined)
})

test('a row is replaced where it stands, and goes when it is gone or in another state', () => {
  const renamed = device('a', { name: 'new' })
  const patched = withRow(shown, { deviceId: 'a', device: renamed, at: 5 }, { state: '' })
  assert.deepEqual([patched.devices[0], patched.total, ids(patched)], [renamed, 9, ['a', 'b']])
  const gone = withRow(shown, { deviceId: 'a', device: undefined, at: 5 }, { state: '' })
  assert.deepEqual([ids(gone), gone.total], [['b'], 8])
  const out = device('a', { tokens: [{ revokedAtMs: 4 }] })
  assert.deepEqual(ids(withRow(shown, { deviceId: 'a', device: out, at: 5 }, { state: 'live' })), ['b'])
  assert.deepEqual(ids(withRow(shown, { deviceId: 'a', device: out, at: 5 }, { state: 'revoked' })), [
    'a',
    'b',
  ])
  assert.equal(withRow(shown, { deviceId: 'z', device: out, at: 5 }, { state: '' }), shown)
})
