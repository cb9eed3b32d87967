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
/** Rounds of a race; enough to find where it is undecided, and to stay there for a while. */
export const ROUNDS = 24

export async function openRaceWorld(engine: Engine): Promise<RaceWorld> {
  const limits = { pendingInAll: 10_000, unauthenticatedPerPeer: 1_000 }
  const gateway = await engine.openGateway(
    { after },
    { config: { auth: SHARED, limits, trustedProxies: ['::1'] } },
  )
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

/** Two things at once, round after round. */
export interface Race {
  /** Starts both; the one that is behind waits for as many turns of the event loop as the other is ahead. */
  start<A, B>(one: () => A, other: () => B): Promise<readonly [A, B]>
  /** Two requests, and their answers. */
  answers(
    one: () => Promise<WireResponse>,
    other: () => Promise<WireResponse>,
  ): Promise<readonly [WireResponse, WireResponse]>
  /** How the round went. Whoever lost is further ahead in the next, so that it soon is as close as it can be. */
  wonByOne(won: boolean): void
  /** Both ends must have been seen, or it was no race. */
  expectBoth(): void
}

/** A turn takes microseconds: a database on a busy machine needs so many of them that a small step never gets there. */
const FURTHEST_STEP = 16_384

export function createRace(): Race {
  const seen: boolean[] = []
  let lead = 0
  let step = 1

  const race: Race = {
    async start(one, other) {
      const isFirst = lead >= 0
      const first = isFirst ? one() : other()
      for (let turn = 0; turn < Math.abs(lead); turn += 1) await new Promise(setImmediate)
      return (isFirst ? [first, other()] : [one(), first]) as [
        ReturnType<typeof one>,
        ReturnType<typeof other>,
      ]
    },
    async answers(one, other) {
      const [first, second] = await race.start(one, other)
      return Promise.all([first, second])
    },
    wonByOne(won) {
      step = seen.at(-1) === !won ? 1 : Math.min(2 * step, FURTHEST_STEP)
      lead += won ? -step : step
      seen.push(won)
    },
    expectBoth() {
      const won = seen.filter(Boolean).length
      assert.ok(won > 0 && won < seen.length, `one won ${won} of ${seen.length} rounds`)
    },
  }
  return race
}

/** What a request ended up with: an answer, or the close that came instead. */
export async function outcome(
  client: WireClient,
  id: string,
): Promise<WireResponse | { readonly ok: false; readonly closed: number }> {
  const answer = await client.response(id).catch(() => undefined)
  return answer ?? { ok: false, closed: (await client.closed).code }
}
