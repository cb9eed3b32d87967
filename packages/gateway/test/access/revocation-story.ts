import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AccessWorld } from './access-world.ts'
import { assertRefused, mint } from './access-world.ts'

const IN_FLIGHT = 2_000
const ENDS = ['device.token.revoke', 'device.token.rotate', 'device.pair.remove'] as const

/** A revocation is true for HTTP when it has been answered, however many requests are on their way. */
export function revocationStory({ owner, verify, pair }: AccessWorld): void {
  describe('a revoke among thousands of requests (T23)', () => {
    for (const method of ENDS) {
      test(`once ${method} is answered, no request is let through that begins afterwards`, async () => {
        const { client, device } = await pair()
        const { accessToken } = await mint(client)
        let isOver = false
        let [before, after, refused] = [0, 0, 0]
        async function ask(): Promise<void> {
          const beganAfter = isOver
          const { status } = await verify(accessToken)
          if (status === 401) refused += 1
          else if (beganAfter) after += 1
          else before += 1
        }
        const first = Array.from({ length: IN_FLIGHT / 2 }, ask)
        await Promise.race(first)
        const target =
          method === 'device.pair.remove'
            ? { deviceId: device.id }
            : { deviceId: device.id, role: 'operator' }
        const ending = owner.call(method, target).then(() => {
          isOver = true
        })
        const second: Promise<void>[] = []
        while (!isOver || second.length < IN_FLIGHT / 2) {
          second.push(ask())
          if (second.length % 50 === 0) await new Promise(setImmediate)
        }
        await Promise.all([ending, ...first, ...second])
        assert.equal(after, 0)
        assert.ok(before > 0 && refused > 0, `${before} let through, ${refused} refused`)
        assertRefused(await verify(accessToken))
      })
    }
  })
}
