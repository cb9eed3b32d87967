import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EventActor, GatewayEvent } from '@pairgate/core'
import { approved, at, deviceId, OWNER, removed, requestId, tokenId } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

const EVERY_KIND: { readonly [Kind in GatewayEvent['kind']]: GatewayEvent } = {
  'pairing-approved': approved(1, 'node'),
  'pairing-rejected': { kind: 'pairing-rejected', requestId: requestId(1), deviceId: deviceId(1) },
  'pairing-superseded': { kind: 'pairing-superseded', requestId: requestId(1), deviceId: deviceId(1) },
  'device-renamed': { kind: 'device-renamed', deviceId: deviceId(1), before: undefined, after: 'Küche' },
  'device-removed': removed(1),
  'token-rotated': {
    kind: 'token-rotated',
    deviceId: deviceId(1),
    role: 'operator',
    tokenId: tokenId(1),
    scopesBefore: ['operator.admin', 'operator.read'],
    scopesAfter: ['operator.read'],
  },
  'token-revoked': { kind: 'token-revoked', deviceId: deviceId(1), role: 'operator', tokenId: tokenId(1) },
}

export function describeEvents(open: OpenStore): void {
  describe('the event log', () => {
    test(
      'an event of every kind comes back as it was appended, with its actor, time and place',
      withStore(open, async (store) => {
        const remote: EventActor = { ref: 'device:x', connId: 'conn-2', remoteIp: '192.0.2.1' }
        const events: readonly GatewayEvent[] = [
          ...Object.values(EVERY_KIND),
          { kind: 'device-renamed', deviceId: deviceId(1), before: 'old', after: '' },
        ]
        await store.mutate(async (tx) => {
          for (const [n, event] of events.entries()) {
            await tx.appendEvent(event, n % 2 ? remote : OWNER, at(5_000 + n))
          }
        })
        assert.deepEqual(
          await store.read.eventsAfter(0, 100),
          events.map((event, n) => ({ seq: n + 1, at: 5_000 + n, actor: n % 2 ? remote : OWNER, event })),
        )
      }),
    )

    test(
      'events are read in pages from behind a cursor',
      withStore(open, async (store) => {
        assert.equal(await store.read.headSeq(), 0)
        assert.deepEqual(await store.read.eventsAfter(0, 10), [])
        await store.mutate(async (tx) => {
          for (let n = 1; n <= 5; n += 1) await tx.appendEvent(removed(n), OWNER, at(n))
        })
        const page = async (cursor: number, limit: number) =>
          (await store.read.eventsAfter(cursor, limit)).map(({ seq }) => seq)
        assert.deepEqual(await page(0, 2), [1, 2])
        assert.deepEqual(await page(2, 2), [3, 4])
        assert.deepEqual(await page(4, 2), [5])
        assert.deepEqual(await page(5, 2), [])
        assert.equal(await store.read.headSeq(), 5)
      }),
    )

    test(
      'the log has no gap and no double under fifty writers at once, of whom some fail',
      withStore(open, async (store) => {
        const append = (n: number) =>
          store.mutate(async (tx) => {
            await tx.appendEvent(removed(n), OWNER, at(n))
            await new Promise((resolve) => setImmediate(resolve))
            if (n % 3 === 0) throw new Error('changed my mind')
            if (n % 5 === 0) await tx.appendEvent(approved(n), OWNER, at(n))
          })
        const numbers = Array.from({ length: 50 }, (_, n) => n)
        const ends = await Promise.allSettled(numbers.map(append))
        const kept = numbers.filter((n) => n % 3 !== 0)
        assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, kept.length)

        const events = await store.read.eventsAfter(0, 1_000)
        const wanted = kept.flatMap((n) => (n % 5 === 0 ? [removed(n), approved(n)] : [removed(n)]))
        assert.deepEqual(
          events.map(({ seq, event }) => ({ seq, event })),
          wanted.map((event, n) => ({ seq: n + 1, event })),
        )
        assert.equal(await store.read.headSeq(), wanted.length)
      }),
    )

    test(
      'a device was removed from its removal until it is approved again',
      withStore(open, async (store) => {
        const wasRemoved = () => store.read.wasRemoved(deviceId(1))
        const append = (event: GatewayEvent) => store.mutate((tx) => tx.appendEvent(event, OWNER, at(1)))
        assert.equal(await wasRemoved(), false)
        await append(approved(1))
        assert.equal(await wasRemoved(), false)
        await append(removed(1))
        assert.equal(await wasRemoved(), true)
        await append(approved(2))
        await append(EVERY_KIND['pairing-rejected'])
        assert.equal(await wasRemoved(), true)
        assert.equal(await store.read.wasRemoved(deviceId(2)), false)
        await append(approved(1))
        assert.equal(await wasRemoved(), false)
        await append(removed(1))
        assert.equal(await wasRemoved(), true)
      }),
    )
  })
}
