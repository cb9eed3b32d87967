import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Guest } from '@pairgate/core'
import { at, deviceId } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

function guest(n: number, changes: Partial<Guest> = {}): Guest {
  return {
    key: deviceId(n),
    deviceId: deviceId(n),
    remoteIp: '192.0.2.1',
    displayName: 'kitchen',
    platform: 'linux',
    deviceFamily: undefined,
    clientId: 'cli',
    clientMode: 'cli',
    firstAt: at(1),
    lastAt: at(n),
    connects: 1,
    roles: ['operator'],
    scopes: ['operator.read'],
    methods: { status: 3 },
    ...changes,
  }
}

export function describeGuests(open: OpenStore): void {
  describe('guests', () => {
    test(
      'come back as they were written last, the latest first, and no more than asked for',
      withStore(open, async (store) => {
        const nobody = guest(3, {
          key: '["x"]',
          deviceId: undefined,
          remoteIp: undefined,
          displayName: undefined,
        })
        await store.saveGuests([guest(1), guest(2), nobody])
        const again = guest(2, { connects: 9, lastAt: at(7), roles: ['operator', 'node'], methods: {} })
        await store.saveGuests([again])
        assert.deepEqual(await store.read.listGuests(10), [again, nobody, guest(1)])
        assert.deepEqual(await store.read.listGuests(1), [again])
      }),
    )

    test(
      'are trimmed by time and by number, the oldest first, and forgotten one by one',
      withStore(open, async (store) => {
        await store.saveGuests([1, 2, 3, 4, 5].map((n) => guest(n)))
        const left = async () => (await store.read.listGuests(10)).map(({ lastAt }) => lastAt)
        await store.trimGuests(at(2), 10)
        assert.deepEqual(await left(), [5, 4, 3, 2])
        await store.trimGuests(at(0), 3)
        assert.deepEqual(await left(), [5, 4, 3])
        await store.forgetGuest(deviceId(4))
        assert.deepEqual(await left(), [5, 3])
      }),
    )
  })
}
