import assert from 'node:assert/strict'
import { after } from 'node:test'
import type { AuditRow, DevicePairList } from '@pairgate/protocol/wire'
import type { Engine } from '../harness/engine.ts'
import type { GatewayOfTest } from '../harness/gateway-of-test.ts'
import type { WireClient, WireResponse } from '../harness/wire-client.ts'

/** A gateway that the races of one file share, and two operators of it. */
export interface RaceWorld {
  readonly engine: Engine
  readonly gateway: GatewayOfTest
  readonly alice: WireClient
  readonly bob: WireClient
  list(): Promise<DevicePairList>
  /** A paired device as operators see it. */
  rowOf(deviceId: string): Promise<DevicePairList['paired'][number] | undefined>
  /** The newest events of the log, newest first. */
  events(params?: object): Promise<readonly AuditRow[]>
}

export const SHARED = { token: 'the-shared-token' }
export const READER = ['operator.read']
/** Rounds of a race; enough for both orders under each of the head starts. */
export const ROUNDS = 24

export async function openRaceWorld(engine: Engine): Promise<RaceWorld> {
  const limits = { pendingInAll: 10_000, unauthenticatedPerPeer: 1_000 }
  const gateway = await engine.openGateway({ after }, { config: { auth: SHARED, limits } })
  const [alice, bob] = [await gateway.owner(), await gateway.owner()]
  const list = () => alice.call<DevicePairList>('device.pair.list')
  return {
    engine,
    gateway,
    alice,
    bob,
    list,
    rowOf: async (deviceId) => (await list()).paired.find((row) => row.deviceId === deviceId),
    events: async (params = {}) =>
      (await alice.call<{ events: readonly AuditRow[] }>('audit.list', params)).events,
  }
}

/** Turns of the event loop by which one of two may be ahead; with none both leave in one. */
const HEAD_STARTS = [0, 1, 0, 3, 0, 6, 0, 12] as const

/** Starts two things at once, in one order and then in the other, now and then with a head start. */
export async function atOnce<A, B>(round: number, one: () => A, other: () => B): Promise<readonly [A, B]> {
  const isFirst = round % 2 === 0
  const turns = HEAD_STARTS[(round >> 1) % HEAD_STARTS.length] ?? 0
  const first = isFirst ? one() : other()
  for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate)
  return isFirst ? [first as A, other()] : [one(), first as B]
}

/** What came of each round: both ends of a race must have been seen, or it was none. */
export function expectBoth(seen: readonly boolean[], what: string): void {
  const won = seen.filter(Boolean).length
  assert.ok(won > 0 && won < seen.length, `${what}: ${won} of ${seen.length}`)
}

/** Two requests at once, and their answers. */
export async function answersAtOnce(
  round: number,
  one: () => Promise<WireResponse>,
  other: () => Promise<WireResponse>,
): Promise<readonly [WireResponse, WireResponse]> {
  const [first, second] = await atOnce(round, one, other)
  return Promise.all([first, second])
}

/** What a request ended up with: an answer, or the close that came instead. */
export async function outcome(
  client: WireClient,
  id: string,
): Promise<WireResponse | { readonly ok: false; readonly closed: number }> {
  const answer = await client.response(id).catch(() => undefined)
  return answer ?? { ok: false, closed: (await client.closed).code }
}
