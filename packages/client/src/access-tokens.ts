import type { AccessResult } from '@pairgate/protocol/wire'
import { ClientError } from './client-error.ts'
import type { Connection, RequestOptions } from './connection.ts'
import { monotonicNow, systemNow } from './platform/system-clock.ts'
import { withDeadline } from './timer.ts'

const REQUEST_TIMEOUT_MS = 30_000
/** A token is renewed this long before its end, or a fifth of its life, whichever is less. */
const MARGIN_MS = 30_000

/** What an access token is to be good for. */
export interface AccessAsk {
  /** Five minutes when left out, an hour at most. */
  readonly ttlMs?: number
  /** The origin of the one app that it is for; left out, it opens whatever this device may open. */
  readonly audience?: string
  /** Left out, those of the connection but admin and pairing. */
  readonly scopes?: readonly string[]
}

export interface AccessOptions extends RequestOptions {
  /** An access token that an app has refused: it is not handed out again. */
  readonly insteadOf?: string | undefined
}

export interface AccessTokens {
  /** Told of each new connection, whose hello says what the gateway's clock shows. */
  greet(connection: Connection): void
  accessToken(ask?: AccessAsk, options?: AccessOptions): Promise<string>
}

interface Kept {
  readonly made: Promise<AccessResult>
  /** Filled when the token is there. */
  token?: string
  isGood(): boolean
}

interface GatewayClock {
  now(): number
}

/**
 * Access tokens of a device, each asked for once and remembered until shortly before its end. A token ends
 * with the device token that it came from, so what was remembered under another one is not found again.
 */
export function createAccessTokens(connected: () => Promise<Connection>): AccessTokens {
  const kept = new Map<string, Kept>()
  const clocks = new WeakMap<Connection, GatewayClock>()

  async function find(ask: AccessAsk, insteadOf: string | undefined): Promise<string> {
    const connection = await connected()
    const place = placeOf(connection, ask)
    const known = kept.get(place)
    const isWanted = insteadOf === undefined || known?.token !== insteadOf
    const { made } = known?.isGood() && isWanted ? known : renew(place, connection, ask)
    return (await made).accessToken
  }

  function renew(place: string, connection: Connection, ask: AccessAsk): Kept {
    for (const [key, { isGood }] of kept) if (!isGood()) kept.delete(key)
    const clock = clocks.get(connection) ?? { now: systemNow }
    let until = Number.POSITIVE_INFINITY
    const entry: Kept = { made: request(connection, ask), isGood: () => clock.now() < until }
    kept.set(place, entry)
    const settled = ({ accessToken, expiresAtMs }: AccessResult): void => {
      entry.token = accessToken
      until = expiresAtMs - Math.min(MARGIN_MS, (expiresAtMs - clock.now()) / 5)
    }
    const failed = (): void => void (kept.get(place) === entry && kept.delete(place))
    entry.made.then(settled, failed)
    return entry
  }

  return {
    greet(connection) {
      clocks.set(connection, createClock(connection.hello.snapshot?.health))
    },
    accessToken(ask = {}, { timeoutMs = REQUEST_TIMEOUT_MS, signal, insteadOf } = {}) {
      const timedOut = (): ClientError => {
        const details = { method: 'device.token.access', timeoutMs }
        return new ClientError('TIMEOUT', `gateway timeout after ${timeoutMs}ms`, { details })
      }
      return withDeadline(find(ask, insteadOf), { timeoutMs, signal, timedOut })
    },
  }
}

/** Nobody's signal and nobody's timeout: the answer is for all who wait for it. */
function request(connection: Connection, { ttlMs, audience, scopes }: AccessAsk): Promise<AccessResult> {
  return connection.request('device.token.access', {
    ...(ttlMs !== undefined && { ttlMs }),
    ...(audience !== undefined && { audience }),
    ...(scopes && { scopes: [...scopes] }),
  })
}

function placeOf({ hello: { auth } }: Connection, { ttlMs, audience, scopes }: AccessAsk): string {
  return JSON.stringify([auth.deviceToken, auth.session, auth.scopes, ttlMs, audience, scopes?.toSorted()])
}

/** The gateway's clock as its hello told it: the one of this machine may be set to anything. */
function createClock(told: { readonly ts?: unknown } | undefined): GatewayClock {
  const ts = told?.ts
  if (typeof ts !== 'number') return { now: systemNow }
  const [wall, steady] = [systemNow(), monotonicNow()]
  // A steady clock may stand still while the machine sleeps.
  return { now: () => ts + Math.max(systemNow() - wall, monotonicNow() - steady) }
}
