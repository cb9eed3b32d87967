import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EventActor, EventRecord, GatewayEvent } from '@pairgate/core'
import type { SessionId } from '@pairgate/protocol'
import { EVENT_KINDS } from '@pairgate/protocol/wire'
import {
  append,
  approved,
  at,
  deviceId,
  invitationId,
  OWNER,
  removed,
  requestId,
  sessionId,
  tokenId,
} from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

const EVERY_KIND: { readonly [Kind in GatewayEvent['kind']]: GatewayEvent } = {
  'pairing-approved': approved(1, 'node'),
  'pairing-rejected': { kind: 'pairing-rejected', requestId: requestId(1), deviceId: deviceId(1) },
  'pairing-superseded': { kind: 'pairing-superseded', requestId: requestId(1), deviceId: deviceId(1) },
  'device-renamed': { kind: 'device-renamed', deviceId: deviceId(1) },
  'device-removed': removed(1),
  'token-rotated': {
    kind: 'token-rotated',
    deviceId: deviceId(1),
    role: 'operator',
    tokenId: tokenId(1),
  },
  'token-revoked': {
    kind: 'token-revoked',
    deviceId: deviceId(1),
    role: 'operator',
    tokenId: tokenId(1),
    home: sessionId(1),
  },
  'device-imported': { kind: 'device-imported', deviceId: deviceId(1), role: 'node', tokenId: tokenId(1) },
  'session-created': { kind: 'session-created', sessionId: sessionId(2) },
  'session-renamed': { kind: 'session-renamed', sessionId: sessionId(2) },
  'session-deleted': { kind: 'session-deleted', sessionId: sessionId(2) },
  'token-extended': {
    kind: 'token-extended',
    deviceId: deviceId(1),
    role: 'operator',
    tokenId: tokenId(1),
    ends: at(9_000),
  },
  'token-moved': { kind: 'token-moved', deviceId: deviceId(1), role: 'operator', tokenId: tokenId(1) },
  'invitation-created': { kind: 'invitation-created', invitationId: invitationId(1) },
  'invitation-redeemed': {
    kind: 'invitation-redeemed',
    invitationId: invitationId(1),
    deviceId: deviceId(1),
    role: 'node',
    tokenId: tokenId(1),
    endsConnections: true,
  },
  'invitation-cancelled': { kind: 'invitation-cancelled', invitationId: invitationId(1) },
  'details-erased': { kind: 'details-erased', deviceId: deviceId(1) },
  'log-pruned': { kind: 'log-pruned' },
  'keys-changed': { kind: 'keys-changed' },
  'log-recovered': { kind: 'log-recovered' },
}

/** A row that nobody sealed and nobody understands. */
function row(seq: number, changes: Partial<EventRecord> = {}): EventRecord {
  return {
    seq,
    epoch: 7,
    at: 5_000 + seq,
    actor: 'somebody',
    via: undefined,
    kind: 'sang',
    deviceId: undefined,
    role: undefined,
    requestId: undefined,
    tokenId: undefined,
    endsConnections: undefined,
    sessionId: undefined,
    detailsHash: 'hash',
    prev: 'before',
    mac: `seal ${seq}`,
    details: undefined,
    ...changes,
  }
}

export function describeEvents(open: OpenStore): void {
  describe('the event log', () => {
    test(
      'an extension tells the new deadline, or that there is none, until its details are erased',
      withStore(open, async (store) => {
        const extended = EVERY_KIND['token-extended']
        const ends = async () =>
          (await store.read.eventsAfter(0, 9)).map(({ event }) => 'ends' in event && event.ends)
        await store.mutate(async (tx) => {
          await append(tx, extended, OWNER, at(5_000))
          await append(tx, { ...extended, ends: 'never' } as GatewayEvent, OWNER, at(5_001))
        })
        assert.deepEqual(await ends(), [at(9_000), 'never'])
        await store.mutate(async (tx) => tx.eraseDetails(await tx.listErasable({ upTo: 1 }, 0, 9)))
        assert.deepEqual(await ends(), ['erased', 'never'])
      }),
    )

    test(
      'an event of every kind comes back as it was appended, with its actor, time and place',
      withStore(open, async (store) => {
        const remote: EventActor = {
          ref: 'device:x',
          via: 'websocket',
          connId: 'conn-2',
          remoteIp: '192.0.2.1',
        }
        assert.deepEqual(Object.keys(EVERY_KIND).sort(), [...EVENT_KINDS].sort())
        const events: readonly GatewayEvent[] = Object.values(EVERY_KIND)
        const actorOf = (n: number) => (n % 2 ? remote : OWNER)
        await store.mutate(async (tx) => {
          for (const [n, event] of events.entries()) await append(tx, event, actorOf(n), at(5_000 + n))
        })
        const found = await store.read.eventsAfter(0, 100)
        const { length } = events
        assert.deepEqual(
          found.map(({ mac: _, prev: __, ...logged }) => logged),
          events.map((event, n) => ({
            seq: n + 1,
            // A recovery opens the next epoch.
            epoch: n + 1 === length ? 2 : 1,
            at: 5_000 + n,
            actor: actorOf(n).ref,
            connId: actorOf(n).connId,
            event,
          })),
        )
        assert.deepEqual(await store.read.eventHead(), { epoch: 2, seq: length, mac: found.at(-1)?.mac })
      }),
    )

    test(
      'a row comes back exactly as it is stored, whatever it means, with its details or without them',
      withStore(open, async (store) => {
        const rows = [
          row(1),
          row(2, { details: { salt: '', body: '' } }),
          row(3, { details: { salt: 'salt', body: 'no JSON "ü\u0001' }, via: 'websocket' }),
          row(4, { deviceId: 'd', role: 'pilot', requestId: 'r', tokenId: 't', endsConnections: true }),
          row(5, { endsConnections: false, epoch: 0, mac: '', prev: '', detailsHash: '' }),
        ]
        assert.deepEqual(await store.read.eventHead(), { epoch: 0, seq: 0, mac: '' })
        await store.mutate(async (tx) => {
          for (const each of rows) await tx.appendEvent(each)
        })
        assert.deepEqual(await store.read.eventRecordsAfter(0, 100), rows)
        assert.deepEqual(await store.read.eventRecordsAfter(1, 2), rows.slice(1, 3))
        assert.deepEqual(await store.read.listEventRecords({ limit: 100 }), rows.toReversed())
        assert.deepEqual(await store.read.eventHead(), { epoch: 0, seq: 5, mac: '' })
      }),
    )

    test(
      'an event whose details were erased still says what closes gates',
      withStore(open, async (store) => {
        const { kind, ...ids } = { ...approved(1), role: 'node', endsConnections: true }
        await store.mutate((tx) => tx.appendEvent(row(1, { ...ids, kind })))
        const [logged] = await store.read.eventsAfter(0, 1)
        assert.deepEqual(logged?.event, { kind, ...ids })
        assert.equal(logged?.connId, undefined)
      }),
    )

    test(
      'rows are listed newest first: before a number, of one device, of one kind, so many of them',
      withStore(open, async (store) => {
        const rows = [
          row(1, { deviceId: 'a', kind: 'x' }),
          row(2, { deviceId: 'b', kind: 'x' }),
          row(3, { deviceId: 'a', kind: 'y' }),
          row(4, { deviceId: 'a', kind: 'x' }),
        ]
        await store.mutate(async (tx) => {
          for (const each of rows) await tx.appendEvent(each)
        })
        const listed = async (filter: object) =>
          (await store.read.listEventRecords({ limit: 100, ...filter })).map(({ seq }) => seq)
        assert.deepEqual(await listed({ limit: 3 }), [4, 3, 2])
        assert.deepEqual(await listed({ before: 4, limit: 2 }), [3, 2])
        assert.deepEqual(await listed({ deviceId: 'a' }), [4, 3, 1])
        assert.deepEqual(await listed({ kind: 'x', before: 4 }), [2, 1])
        assert.deepEqual(await listed({ deviceId: 'a', kind: 'x' }), [4, 1])
        assert.deepEqual(await listed({ deviceId: 'c' }), [])
        assert.deepEqual(await listed({ from: 2, before: 4 }), [3, 2])
        assert.deepEqual(await listed({ deviceId: 'a', mac: 'seal 3' }), [3])
        assert.deepEqual(await listed({ deviceId: 'b', mac: 'seal 3' }), [])
      }),
    )

    test(
      'rows are listed that happened in one session, and those that may have brought something there',
      withStore(open, async (store) => {
        const rows = [
          row(1, { kind: 'pairing-approved' }),
          row(2, { sessionId: 'a' }),
          row(3, { sessionId: 'b' }),
          row(4),
          row(5, { sessionId: 'b', kind: 'token-moved' }),
        ]
        await store.mutate(async (tx) => {
          for (const each of rows) await tx.appendEvent(each)
        })
        const found = await store.read.listEventRecords({ seenIn: 'a' as SessionId, limit: 9 })
        assert.deepEqual(
          found.map(({ seq }) => seq),
          [5, 2, 1],
        )
      }),
    )

    test(
      'a place in the log that is taken is refused',
      withStore(open, async (store) => {
        await store.mutate((tx) => tx.appendEvent(row(1)))
        await assert.rejects(store.mutate((tx) => tx.appendEvent(row(1, { kind: 'y' }))))
        assert.deepEqual(await store.read.eventRecordsAfter(0, 10), [row(1)])
      }),
    )

    test(
      'events are read in pages from behind a cursor',
      withStore(open, async (store) => {
        assert.equal(await store.read.headSeq(), 0)
        assert.deepEqual(await store.read.eventsAfter(0, 10), [])
        await store.mutate(async (tx) => {
          for (let n = 1; n <= 5; n += 1) await append(tx, removed(n), OWNER, at(n))
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
        const write = (n: number) =>
          store.mutate(async (tx) => {
            await append(tx, removed(n), OWNER, at(n))
            await new Promise((resolve) => setImmediate(resolve))
            if (n % 3 === 0) throw new Error('changed my mind')
            if (n % 5 === 0) await append(tx, approved(n), OWNER, at(n))
          })
        const numbers = Array.from({ length: 50 }, (_, n) => n)
        const ends = await Promise.allSettled(numbers.map(write))
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
        const add = (event: GatewayEvent) => store.mutate((tx) => append(tx, event, OWNER, at(1)))
        assert.equal(await wasRemoved(), false)
        await add(approved(1))
        assert.equal(await wasRemoved(), false)
        await add(removed(1))
        assert.equal(await wasRemoved(), true)
        await add(approved(2))
        await add(EVERY_KIND['pairing-rejected'])
        assert.equal(await wasRemoved(), true)
        assert.equal(await store.read.wasRemoved(deviceId(2)), false)
        await add(approved(1))
        assert.equal(await wasRemoved(), false)
        await add(removed(1))
        assert.equal(await wasRemoved(), true)
      }),
    )
  })
}
