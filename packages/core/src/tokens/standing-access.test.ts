import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceId, TokenHash } from '@pairgate/protocol'
import fc from 'fast-check'
import type { AccessToken } from '../domain/access-token.ts'
import type { GatewayEvent, LoggedEvent } from '../domain/gateway-event.ts'
import type { Token } from '../domain/token.ts'
import { createStandingAccess, type FoundAccess } from './standing-access.ts'

const deviceOf = (n: number) => `device ${n}` as DeviceId
const hashOf = (n: number, child = 0) => `hash ${n} ${child}` as TokenHash

/** A parent per device and any number of children, a follower that is moved by hand, reads that are counted. */
function remembering() {
  const gone = new Set<DeviceId>()
  const following = { cursor: 0, isCurrent: true, isBroken: false, lagMs: 0 }
  const slow: (() => void)[] = []
  let reads = 0
  let isSlow = false
  const access = createStandingAccess({
    following,
    read: {
      async findAccessToken(hash) {
        reads += 1
        const [, n] = String(hash).split(' ')
        return { hash, deviceId: deviceOf(Number(n)), role: 'operator' } as AccessToken
      },
      async findToken(deviceId) {
        const revokedAt = gone.has(deviceId) ? 1 : undefined
        if (isSlow) await new Promise<void>((resolve) => slow.push(resolve))
        return { deviceId, revokedAt } as Token
      },
    },
  })
  return {
    access,
    following,
    gone,
    slow,
    reads: () => reads,
    slowDown: () => {
      isSlow = true
    },
    apply(event: GatewayEvent): void {
      following.cursor += 1
      access.hear({ event, seq: following.cursor } as LoggedEvent)
    },
  }
}
const revoked = (n: number): GatewayEvent =>
  ({ kind: 'token-revoked', deviceId: deviceOf(n), role: 'operator' }) as GatewayEvent

test('an access token is read once and then found without a read, as long as the follower is close', async () => {
  const { access, following, reads } = remembering()
  await access.find(hashOf(1))
  assert.equal(access.find(hashOf(1)) instanceof Promise, false)
  assert.equal(reads(), 1)
  following.isCurrent = false
  await access.find(hashOf(1))
  assert.equal(reads(), 2)
})

test('an event about a device ends what is remembered of it, and only of it', async () => {
  const { access, apply, reads } = remembering()
  const all = [hashOf(1), hashOf(1, 1), hashOf(2)]
  for (const hash of all) await access.find(hash)
  apply(revoked(1))
  for (const hash of all) await access.find(hash)
  assert.equal(reads(), 5)
  apply({ kind: 'details-erased', deviceId: deviceOf(1) })
  for (const hash of all) await access.find(hash)
  assert.equal(reads(), 5)
  apply({ kind: 'log-recovered' })
  for (const hash of all) await access.find(hash)
  assert.equal(reads(), 8)
})

test('a parent that is revoked while it is being read is read once more (T23)', async () => {
  const { access, apply, gone, slow, slowDown, reads } = remembering()
  slowDown()
  const finding = access.find(hashOf(1))
  await new Promise(setImmediate)
  gone.add(deviceOf(1))
  apply(revoked(1))
  slow.shift()?.()
  await new Promise(setImmediate)
  slow.shift()?.()
  assert.equal((await finding)?.parent?.revokedAt, 1)
  assert.equal(reads(), 2)
})

test('a million access tokens leave only those that were used last', async () => {
  const { access, reads } = remembering()
  await access.find(hashOf(0))
  for (let n = 1; n <= 10_000; n += 1) {
    await access.find(hashOf(n))
    // Used all the time, so it must stay.
    if (n % 100 === 0) await access.find(hashOf(0))
  }
  assert.equal(reads(), 10_001)
  await access.find(hashOf(0))
  assert.equal(reads(), 10_001)
  await access.find(hashOf(1))
  assert.equal(reads(), 10_002)
})

test('whatever interleaving of reads and revocations: nothing is answered as standing whose end was applied', async () => {
  const step = fc.record({
    what: fc.constantFrom('commit', 'apply', 'find', 'read', 'read', 'lose', 'catch-up'),
    device: fc.integer({ min: 0, max: 2 }),
    child: fc.integer({ min: 0, max: 1 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { access, apply, gone, slow, slowDown, following } = remembering()
      slowDown()
      const committed: number[] = []
      const applied = new Set<DeviceId>()
      const judge = (found: FoundAccess | undefined) => {
        assert.ok(found?.parent)
        // Committed and not applied: nobody has been answered yet, so either is right.
        if (applied.has(found.parent.deviceId)) assert.equal(found.parent.revokedAt, 1)
      }
      const finding: Promise<void>[] = []
      for (const { what, device, child } of steps) {
        if (what === 'commit' && !gone.has(deviceOf(device))) {
          gone.add(deviceOf(device))
          committed.push(device)
        }
        const [next] = committed
        if (what === 'apply' && next !== undefined) {
          committed.shift()
          apply(revoked(next))
          applied.add(deviceOf(next))
        }
        if (what === 'lose') following.isCurrent = false
        if (what === 'catch-up') following.isCurrent = true
        if (what === 'read') slow.shift()?.()
        if (what === 'find') {
          const found = access.find(hashOf(device, child))
          if (found instanceof Promise) finding.push(found.then(judge))
          else judge(found)
        }
        await new Promise(setImmediate)
      }
      const isOver = Promise.all(finding).then(() => true)
      const turn = () => new Promise(setImmediate).then(() => false)
      while (!(await Promise.race([isOver, turn()]))) for (const end of slow.splice(0)) end()
    }),
    { numRuns: 300 },
  )
})
