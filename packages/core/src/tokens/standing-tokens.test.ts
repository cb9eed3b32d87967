import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceId, Instant, TokenHash } from '@pairgate/protocol'
import fc from 'fast-check'
import type { GatewayEvent, LoggedEvent } from '../domain/gateway-event.ts'
import type { Token } from '../domain/token.ts'
import type { FoundToken } from '../ports/store.ts'
import { createStandingTokens } from './standing-tokens.ts'

const hashOf = (device: number) => `hash of ${device}` as TokenHash
const tokenOf = (device: number, changed: Partial<Token> = {}): Token =>
  ({
    deviceId: `device ${device}` as DeviceId,
    role: 'operator',
    createdAt: 1_000,
    tokenHash: hashOf(device),
    presentedAt: 1 as Instant,
    revokedAt: undefined,
    ...changed,
  }) as Token

/** Rows, a follower that is moved by hand, and reads that end when the test says so. */
function remembering() {
  const rows = new Map<TokenHash, FoundToken>()
  const following = { cursor: 0, isCurrent: true, isBroken: false, lagMs: 0 }
  const reads: (() => void)[] = []
  let isSlow = false
  let time = 1_000 as Instant
  const clock = { now: () => time }
  const pairing = { idleTtlMs: 1_000 }
  const tokens = createStandingTokens({
    following,
    clock,
    pairing,
    read: {
      async findTokenByHash(hash) {
        const found = rows.get(hash)
        reads.push(() => undefined)
        if (isSlow) await new Promise<void>((resolve) => reads.splice(-1, 1, resolve))
        return found
      },
    },
  })
  return {
    rows,
    following,
    tokens,
    reads,
    pass: (ms: number) => {
      time = (time + ms) as Instant
    },
    slowDown: () => {
      isSlow = true
    },
    put: (token: Token, as: FoundToken['as'] = 'current') =>
      rows.set(token.tokenHash, { token, as, signsOrigin: false }),
    apply(event: GatewayEvent): void {
      following.cursor += 1
      tokens.hear({ event, seq: following.cursor } as LoggedEvent)
    },
  }
}
const revoked = (device: number): GatewayEvent =>
  ({ kind: 'token-revoked', deviceId: tokenOf(device).deviceId, role: 'operator' }) as GatewayEvent

test('a token is read once and then found without a read, as long as the follower is close', async () => {
  const { tokens, put, reads, following } = remembering()
  put(tokenOf(1))
  await tokens.find(hashOf(1))
  assert.deepEqual(tokens.find(hashOf(1)), { token: tokenOf(1), as: 'current', signsOrigin: false })
  assert.equal(reads.length, 1)

  following.isCurrent = false
  await tokens.find(hashOf(1))
  assert.equal(reads.length, 2)
})
test('a token whose row says that it lay unused is read again: its use is no event', async () => {
  const { tokens, put, reads, pass } = remembering()
  put(tokenOf(1))
  await tokens.find(hashOf(1))
  pass(999)
  assert.equal(tokens.find(hashOf(1)) instanceof Promise, false)
  pass(1)
  put(tokenOf(1, { lastUsedAt: 1_500 as Instant }))
  const again = await tokens.find(hashOf(1))
  assert.deepEqual([reads.length, again?.token.lastUsedAt], [2, 1_500])
})
test('an event about a device ends what is remembered of it, and only of it', async () => {
  const { tokens, put, apply, reads } = remembering()
  for (const device of [1, 2]) put(tokenOf(device))
  for (const device of [1, 2]) await tokens.find(hashOf(device))
  apply(revoked(1))
  await Promise.all([tokens.find(hashOf(1)), tokens.find(hashOf(2))])
  assert.equal(reads.length, 3)
})
test('an event that names no device ends everything that is remembered', async () => {
  const { tokens, put, apply, reads } = remembering()
  put(tokenOf(1))
  await tokens.find(hashOf(1))
  apply({ kind: 'log-recovered' })
  await tokens.find(hashOf(1))
  assert.equal(reads.length, 2)
})
test('a token that is revoked while it is being loaded is not remembered (T23)', async () => {
  const { tokens, put, apply, reads, slowDown } = remembering()
  put(tokenOf(1))
  slowDown()
  const loading = tokens.find(hashOf(1))
  apply(revoked(1))
  reads[0]?.()
  const found = await loading
  assert.ok(found)
  // The second look of the connect must read again, and then finds the revocation.
  assert.equal(tokens.holds(found.token), false)
})
test('a token that was never proved, was revoked, or is an old one is read every time', async () => {
  const { tokens, put, reads } = remembering()
  put(tokenOf(1, { presentedAt: undefined }))
  put(tokenOf(2, { revokedAt: 2 as Instant }))
  put(tokenOf(3), 'previous')
  for (const device of [1, 2, 3, 1, 2, 3, 4, 4]) await tokens.find(hashOf(device))
  assert.equal(reads.length, 8)
})
test('both roles of a device are remembered, and a newer token of a role takes the place of the older', async () => {
  const { tokens, put } = remembering()
  put(tokenOf(1))
  put(tokenOf(2, { deviceId: tokenOf(1).deviceId, role: 'node' }))
  put(tokenOf(3, { deviceId: tokenOf(1).deviceId }))
  const [first, node, newer] = [
    await tokens.find(hashOf(1)),
    await tokens.find(hashOf(2)),
    await tokens.find(hashOf(3)),
  ]
  assert.deepEqual(
    [first, node, newer].map((found) => found && tokens.holds(found.token)),
    [false, true, true],
  )
})
test('a million devices leave only those that were used last', async () => {
  const { tokens, put, rows } = remembering()
  put(tokenOf(0))
  const first = await tokens.find(hashOf(0))
  for (let device = 1; device <= 10_000; device += 1) {
    put(tokenOf(device))
    await tokens.find(hashOf(device))
    // Used all the time, so it must stay.
    if (device % 100 === 0) await tokens.find(hashOf(0))
    rows.clear()
    put(tokenOf(0))
  }
  assert.ok(first && tokens.holds(first.token))
  rows.clear()
  assert.equal(await tokens.find(hashOf(1)), undefined)
  assert.ok(await tokens.find(hashOf(10_000)))
})

test('whatever interleaving of reads and revocations: what is believed is what was committed and applied', async () => {
  const step = fc.record({
    what: fc.constantFrom('commit', 'apply', 'begin', 'end', 'find'),
    device: fc.integer({ min: 0, max: 2 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { tokens, put, apply, reads, rows, slowDown } = remembering()
      slowDown()
      for (const device of [0, 1, 2]) put(tokenOf(device))
      const committed: number[] = []
      const applied = new Set<number>()
      const loading: unknown[] = []
      for (const { what, device } of steps) {
        if (what === 'commit' && rows.delete(hashOf(device))) committed.push(device)
        if (what === 'begin') loading.push(tokens.find(hashOf(device)))
        if (what === 'end') reads.shift()?.()
        if (what === 'apply' && committed.length > 0) {
          const gone = committed.shift() ?? 0
          apply(revoked(gone))
          applied.add(gone)
        }
        await new Promise(setImmediate)
        if (what !== 'find') continue
        const found = tokens.find(hashOf(device))
        // Answered without a read: so nobody may have been told yet that it is over.
        if (!(found instanceof Promise)) assert.equal(applied.has(device), false)
      }
      for (const end of reads) end()
      await Promise.all(loading)
    }),
    { numRuns: 300 },
  )
})
