import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { dialledOrigins } from './dialled-origins.ts'
import type { EntryRules } from './entry-rules.ts'
import { limitPrefix, parseSocketIp } from './ip-address.ts'
import { createJudgeRequest } from './judge-request.ts'
import { judgeOrigin } from './origin-rule.ts'
import type { Peer } from './peer.ts'
import { refuseUpgrade, type UpgradeAnswer } from './refuse-upgrade.ts'
import { createUpgradeCounts, type UpgradeCounts, type UpgradeLimits } from './upgrade-counts.ts'

export interface UpgradeGuardDeps {
  readonly rules: EntryRules
  readonly limits: UpgradeLimits
  /** Told of every refusal, with its code and never with what the peer sent. */
  readonly onRefusal?: (code: string, from: Pick<Peer, 'address' | 'prefix'>) => void
}

/** Stands before the first frame. */
export interface UpgradeGuard extends UpgradeCounts {
  /**
   * Judges an upgrade request by path, peer, Host and Origin. When the answer is no, a complete HTTP
   * response has been written, the socket is going down and `undefined` comes back.
   */
  judge(request: IncomingMessage, socket: Duplex): Peer | undefined
  /** Whether this peer may have dialled the gateway there. */
  isOwnOrigin(peer: Peer, origin: string): boolean
  /** Answers 503 on a socket for which `admit` had no room. */
  refuseBusy(socket: Duplex, peer: Peer): void
}

/** One per gateway, in front of all its listening addresses. */
export function createUpgradeGuard(deps: UpgradeGuardDeps): UpgradeGuard {
  const judgeRequest = createJudgeRequest(deps.rules)
  const counts = createUpgradeCounts(deps.limits)

  return {
    ...counts,
    judge(request, socket) {
      const judged = judgeRequest(request)
      if (!judged.ok) {
        deps.onRefusal?.(judged.refusal.error.code, socketPlace(request))
        refuseUpgrade(socket, asJson(judged.refusal.status, judged.refusal.error))
        return undefined
      }
      const { peer } = judged
      // Some proxies ask with the headers of their client, and would then join it to our protocol.
      if (VERIFY.test(request.url ?? '')) {
        deps.onRefusal?.(NOT_HERE.code, peer)
        refuseUpgrade(socket, asJson(400, NOT_HERE))
        return undefined
      }
      const verdict = judgeOrigin(peer.origin, { ...peer, allowedOrigins: deps.rules.allowedOrigins })
      if (verdict.allowed) return peer
      deps.onRefusal?.(ORIGIN_NOT_ALLOWED.code, peer)
      refuseUpgrade(socket, asJson(403, { ...ORIGIN_NOT_ALLOWED, reason: verdict.reason }))
      return undefined
    },
    isOwnOrigin: (peer, origin) => dialledOrigins(peer, deps.rules).has(origin),
    refuseBusy(socket, peer) {
      deps.onRefusal?.('TOO_MANY_SOCKETS', peer)
      refuseUpgrade(socket, { status: 503, type: 'text/plain', body: 'Too many unauthenticated sockets' })
    },
  }
}

/** The other end of the socket itself, because nothing that it says of itself was believed. */
function socketPlace({ socket }: IncomingMessage): Pick<Peer, 'address' | 'prefix'> {
  const address = parseSocketIp(socket.remoteAddress ?? '')
  return { address: undefined, prefix: address ? limitPrefix(address) : 'unknown' }
}

const VERIFY = /^\/__pairgate__\/verify(?:[/?]|$)/
const NOT_HERE = {
  code: 'BAD_REQUEST',
  message:
    'Nothing is upgraded at this path. A proxy that asks about a request must not pass Upgrade and Connection on.',
}
const ORIGIN_NOT_ALLOWED = {
  code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED',
  message:
    'origin not allowed (open the Control UI from the gateway host or allow it in gateway.controlUi.allowedOrigins)',
}

function asJson(status: number, error: object): UpgradeAnswer {
  return { status, type: 'application/json', body: JSON.stringify({ error }) }
}
