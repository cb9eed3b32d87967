import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import type { DeviceId, Instant, RequestId, Scope, SessionId, TokenId } from '@pairgate/protocol'
import fc from 'fast-check'
import { CHAIN_FAULTS } from '../domain/chain-fault.ts'
import { canonicalEvent, EMPTY_LOG, type EventRecord, sealEvent } from '../domain/event-chain.ts'
import type { EventChange } from '../domain/event-details.ts'
import type { EventHead, GatewayEvent } from '../domain/gateway-event.ts'
import type { Token } from '../domain/token.ts'
import { createCheckHead } from './check-head.ts'
import { type ChainSection, createVerifyChain } from './verify-chain.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const sealedBy = (key: string) => (text: string) => createHmac('sha256', key).update(text).digest('hex')
const macOf = sealedBy('the key')

interface Told {
  readonly event: GatewayEvent
  readonly change: EventChange
}

const deviceId = fc.constantFrom('a', 'b', 'c').map((letter) => letter.repeat(64) as DeviceId)
const name = fc.record({ name: fc.string({ unit: 'grapheme' }) })
const scopes = fc.record({ scopes: fc.subarray<Scope>(['operator.read', 'operator.write']) })
const told: fc.Arbitrary<Told> = fc.oneof(
  deviceId.map((id) => ({ event: { kind: 'device-removed', deviceId: id } as const, change: {} })),
  fc.tuple(deviceId, name, name).map(([id, before, after]) => ({
    event: { kind: 'device-renamed', deviceId: id } as const,
    change: { before, after },
  })),
  fc.tuple(deviceId, fc.constantFrom('one', 'two')).map(([id, home]) => ({
    event: { kind: 'device-removed', deviceId: id, home: home as SessionId } as const,
    change: {},
  })),
  fc.tuple(deviceId, scopes, fc.boolean()).map(([id, after, endsConnections]) => ({
    event: {
      kind: 'pairing-approved',
      requestId: 'r' as RequestId,
      deviceId: id,
      role: 'operator',
      tokenId: 't' as TokenId,
      endsConnections,
    } as const,
    change: { after },
  })),
)

function extend(log: readonly EventRecord[], more: readonly Told[], key = 'the key'): EventRecord[] {
  const all = [...log]
  for (const { event, change } of more) {
    const at = (1_000 + all.length) as Instant
    const actor = { ref: 'owner', via: 'websocket', connId: 'c', remoteIp: '192.0.2.1' } as const
    const tools = { macOf: sealedBy(key), sha256, salt: String(all.length).padStart(22, 's') }
    all.push(sealEvent({ event, change, actor, at }, headOf(all), tools))
  }
  return all
}
const chain = (least: number) =>
  fc.array(told, { minLength: least, maxLength: 12 }).map((events) => extend([], events))
const headOf = (log: readonly EventRecord[]): EventHead => log.at(-1) ?? EMPTY_LOG

function readerOf(log: readonly EventRecord[], tokens: readonly Partial<Token>[] = []) {
  return {
    // Pages of three, so that short logs have several.
    eventRecordsAfter: async (cursor: number, limit: number) => {
      const rows = log.filter(({ seq }) => seq > cursor).sort((one, other) => one.seq - other.seq)
      return rows.slice(0, limit)
    },
    listEventRecords: async ({ kind, limit }: { kind?: string | undefined; limit: number }) =>
      log
        .toReversed()
        .filter((row) => row.kind === kind)
        .slice(0, limit),
    listTokens: async () => tokens as readonly Token[],
    listDevices: async () => [],
  }
}
const deps = { seal: { macOf, macAt: (_seq: number, text: string) => macOf(text) }, crypto: { sha256 } }
const verify = (log: readonly EventRecord[], section: ChainSection = {}) =>
  createVerifyChain({ ...deps, read: readerOf(log) })(section)

async function assertFault(
  log: readonly EventRecord[],
  section: ChainSection,
  wanted: { seq: number; fault: keyof typeof CHAIN_FAULTS },
): Promise<void> {
  assert.deepEqual(await verify(log, section), { ok: false, ...wanted })
  assert.ok(CHAIN_FAULTS[wanted.fault].advice.length > 0)
}
/** A log and a place in it. */
const placed = (least: number) =>
  chain(least).chain((log) => fc.tuple(fc.constant(log), fc.nat(log.length - 1)))
const renumbered = (log: readonly EventRecord[]) => log.map((row, n) => ({ ...row, seq: n + 1 }))

/** For each chained column another value than any that a chain of this test holds. */
const OTHER: Partial<EventRecord> = {
  epoch: 9,
  at: 7,
  actor: 'device:f',
  via: 'host',
  kind: 'device-hidden',
  deviceId: 'f'.repeat(64),
  role: 'node',
  requestId: 'other',
  tokenId: 'other',
  sessionId: 'other',
  detailsHash: sha256('other'),
  prev: sha256('other'),
  mac: sha256('other'),
}

describe('a log that nobody has touched', () => {
  test('verifies, whatever it holds, whole and from any head that was ever noted', async () => {
    await fc.assert(
      fc.asyncProperty(chain(0), fc.nat(12), async (log, n) => {
        const { length } = log
        const { epoch, seq, mac } = headOf(log)
        assert.deepEqual(await verify(log, { head: headOf(log) }), {
          ok: true,
          ...{ events: length, from: Math.min(1, length), to: length, head: { epoch, seq, mac } },
          ...{ erased: 0, unsealed: 0, accepted: [] },
        })
        const noted = headOf(log.slice(0, n))
        const read = readerOf(log)
        const checkHead = createCheckHead({ read, verifyChain: createVerifyChain({ ...deps, read }) })
        assert.equal((await checkHead(noted)).ok, true)
        assert.equal((await checkHead(undefined)).ok, true)
      }),
    )
  })

  test('verifies after any details were erased, and says of how many', async () => {
    await fc.assert(
      fc.asyncProperty(chain(1), fc.array(fc.boolean(), { minLength: 12 }), async (log, erased) => {
        const rest = log.map((row, n) => (erased[n] ? { ...row, details: undefined } : row))
        const verdict = await verify(rest, { head: headOf(log) })
        assert.deepEqual(verdict, {
          ...verdict,
          ok: true,
          erased: erased.slice(0, log.length).filter(Boolean).length,
        })
      }),
    )
  })

  test('of more events than a page holds verifies', async () => {
    const many = Array.from({ length: 450 }, () => ({
      event: { kind: 'device-removed', deviceId: 'a' as DeviceId } as const,
      change: {},
    }))
    const log = extend([], many)
    assert.equal((await verify(log, { head: headOf(log) })).ok, true)
    await assertFault(log.toSpliced(410, 1), { head: headOf(log) }, { seq: 411, fault: 'removed' })
  })
})

describe('noticed, with the number of the event and what to do, is', () => {
  test('any change of any column', async () => {
    await fc.assert(
      fc.asyncProperty(placed(1), fc.constantFrom(...Object.keys(OTHER)), async ([log, n], column) => {
        const changed = { ...log[n], ...{ [column]: OTHER[column as keyof EventRecord] } } as EventRecord
        await assertFault(log.with(n, changed), { head: headOf(log) }, { seq: n + 1, fault: 'changed' })
      }),
      { numRuns: 300 },
    )
    const [row] = extend([], fc.sample(told, 1))
    assert.ok(row)
    const untested = Object.keys(row).filter((column) => !(column in OTHER))
    assert.deepEqual(untested.sort(), ['details', 'endsConnections', 'seq'])
  })

  test('that a gate need not close after all', async () => {
    await fc.assert(
      fc.asyncProperty(placed(1), async ([log, n]) => {
        const row = log[n] as EventRecord
        const changed = {
          ...row,
          endsConnections: row.endsConnections === undefined ? false : !row.endsConnections,
        }
        await assertFault(log.with(n, changed), { head: headOf(log) }, { seq: n + 1, fault: 'changed' })
      }),
    )
  })

  test('any change of details, and details that come back after they were erased', async () => {
    await fc.assert(
      fc.asyncProperty(placed(1), fc.constantFrom('salt', 'body'), async ([log, n], part) => {
        const row = log[n] as EventRecord
        const details = { salt: 's', body: '{}', ...row.details, ...{ [part]: 'other' } }
        await assertFault(log.with(n, { ...row, details }), {}, { seq: n + 1, fault: 'details-changed' })
      }),
    )
  })

  test('any removal, with a gap and with the rest moved up', async () => {
    await fc.assert(
      fc.asyncProperty(placed(2), fc.integer({ min: 1, max: 3 }), async ([log, n], count) => {
        const head = headOf(log)
        const rest = log.toSpliced(n, count)
        if (n + count >= log.length) {
          return assertFault(rest, { head }, { seq: n + 1, fault: 'rolled-back' })
        }
        await assertFault(rest, { head }, { seq: n + 1, fault: 'removed' })
        await assertFault(renumbered(rest), { head }, { seq: n + 1, fault: 'changed' })
      }),
    )
  })

  test('any insertion: between two events, at the beginning and behind the head', async () => {
    await fc.assert(
      fc.asyncProperty(placed(1), fc.array(told, { minLength: 1, maxLength: 1 }), async ([log, n], more) => {
        const forged = extend(log.slice(0, n), more, 'another key').at(-1) as EventRecord
        await assertFault(
          renumbered(log.toSpliced(n, 0, forged)),
          { head: headOf(log) },
          { seq: n + 1, fault: 'inserted' },
        )
        const behind = extend(log, more, 'another key')
        await assertFault(behind, { head: headOf(log) }, { seq: log.length + 1, fault: 'inserted' })
      }),
    )
  })

  test('any two events that change places, with their seals and without them', async () => {
    await fc.assert(
      fc.asyncProperty(placed(2), fc.nat(11), async ([log, n], other) => {
        const [first, second] = [n, other % log.length].sort((one, two) => one - two) as [number, number]
        if (first === second) return
        const [one, two] = [log[first], log[second]] as [EventRecord, EventRecord]
        const head = headOf(log)
        const swapped = log.with(first, { ...two, seq: one.seq }).with(second, { ...one, seq: two.seq })
        // Of two neighbours the first looks as if it was put before the other.
        const verdict = await verify(swapped, { head })
        assert.deepEqual(verdict, { ...verdict, ok: false, seq: first + 1 })
        const keepSeals = ({ prev, mac }: EventRecord) => ({ prev, mac })
        const inside = swapped
          .with(first, { ...two, seq: one.seq, ...keepSeals(one) })
          .with(second, { ...one, seq: two.seq, ...keepSeals(two) })
        await assertFault(inside, { head }, { seq: first + 1, fault: 'changed' })
      }),
    )
  })

  test('an end that is missing: cut off if tokens know of later decisions, else an older copy', async () => {
    await fc.assert(
      fc.asyncProperty(placed(1), async ([log, n]) => {
        const rest = log.slice(0, n)
        const fault = async (tokens: readonly Partial<Token>[]) => {
          const verdict = await createVerifyChain({ ...deps, read: readerOf(rest, tokens) })({
            head: headOf(log),
          })
          assert.deepEqual(verdict, { ...verdict, ok: false, seq: n + 1 })
          return 'fault' in verdict ? verdict.fault : undefined
        }
        const known = (rest.at(-1)?.at ?? 0) as Instant
        assert.equal(await fault([{ createdAt: known }]), 'rolled-back')
        assert.equal(await fault([{ createdAt: known, revokedAt: (known + 1) as Instant }]), 'tail-cut')
      }),
    )
  })

  test('an older copy that has gone on with other events since', async () => {
    await fc.assert(
      fc.asyncProperty(
        placed(2),
        fc.array(told, { minLength: 1, maxLength: 20 }),
        async ([log, n], since) => {
          const other = extend(log.slice(0, n), [
            { event: { kind: 'device-removed', deviceId: 'other' as DeviceId }, change: {} },
            ...since,
          ])
          const head = headOf(log)
          const seq = Math.min(head.seq, other.length + 1)
          await assertFault(other, { head }, { seq, fault: 'rolled-back' })
        },
      ),
    )
  })

  test('another key than the one that the log was written with', async () => {
    const log = extend([], fc.sample(told, 3), 'the lost key')
    await assertFault(log, { head: headOf(log) }, { seq: 1, fault: 'changed' })
  })
})

describe('a log that was recovered', () => {
  const recovery = (fault: string | undefined, seq: number | undefined): Told => ({
    event: { kind: 'log-recovered' },
    change: { before: { fault, seq } },
  })

  test('verifies, with the fault that the recovery names, and begins a new epoch', async () => {
    await fc.assert(
      fc.asyncProperty(placed(1), fc.array(told, { maxLength: 3 }), async ([log, n], since) => {
        const changed = log.with(n, { ...(log[n] as EventRecord), actor: 'nobody' })
        const recovered = extend(changed, [recovery('changed', n + 1), ...since])
        const verdict = await verify(recovered, { head: headOf(recovered) })
        assert.deepEqual(verdict, { ...verdict, ok: true, accepted: [{ seq: n + 1, fault: 'changed' }] })
        assert.equal(headOf(recovered).epoch, 2)
      }),
    )
  })

  test('does not verify when another event of the old epoch is changed before the fault that was accepted', async () => {
    const log = extend([], fc.sample(told, 5))
    const recovered = extend(log.with(3, { ...(log[3] as EventRecord), actor: 'nobody' }), [
      recovery('changed', 4),
    ])
    const again = recovered.with(1, { ...(recovered[1] as EventRecord), actor: 'nobody' })
    await assertFault(again, {}, { seq: 2, fault: 'changed' })
  })

  test('does not verify when the recovery was forged, found nothing, or was changed itself', async () => {
    const log = extend([], fc.sample(told, 5))
    const changed = log.with(2, { ...(log[2] as EventRecord), actor: 'nobody' })
    const fault = { seq: 3, fault: 'changed' } as const
    await assertFault(extend(changed, [recovery('changed', 3)], 'another key'), {}, fault)
    await assertFault(extend(changed, [recovery(undefined, undefined)]), {}, fault)
    const lying = extend(changed, [recovery('changed', 2)])
    const details = { salt: 's', body: '{"before":{"fault":"changed","seq":3}}' }
    await assertFault(lying.with(5, { ...(lying[5] as EventRecord), details }), {}, fault)
  })
})

test('events from before the log was sealed are counted, and nothing unsealed can follow a seal', async () => {
  const old = extend([], fc.sample(told, 3)).map((row) => ({
    ...row,
    epoch: 0,
    prev: '',
    mac: '',
    detailsHash: '',
  }))
  const log = extend(old, fc.sample(told, 3))
  const verdict = await verify(log, { head: headOf(log) })
  assert.deepEqual(verdict, { ...verdict, ok: true, events: 6, unsealed: 3 })
  assert.equal(headOf(log).epoch, 1)
  const bare = log.with(3, { ...(log[3] as EventRecord), epoch: 0, prev: '', mac: '' })
  await assertFault(bare, {}, { seq: 5, fault: 'changed' })
  const late = log.with(4, { ...(log[4] as EventRecord), epoch: 0, prev: '', mac: '' })
  await assertFault(late, {}, { seq: 5, fault: 'changed' })
})

test('two rows that differ anywhere have two texts to seal', () => {
  const one = extend([], fc.sample(told, 1))[0] as EventRecord
  const texts = Object.entries(OTHER).flatMap(([column, value]) =>
    column === 'mac' ? [] : [canonicalEvent({ ...one, [column]: value })],
  )
  assert.equal(new Set([canonicalEvent(one), ...texts]).size, texts.length + 1)
  assert.notEqual(
    canonicalEvent({ ...one, actor: 'a', via: 'b"' }),
    canonicalEvent({ ...one, actor: 'a","b', via: '"' }),
  )
})
