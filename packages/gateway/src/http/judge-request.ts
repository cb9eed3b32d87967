import type { IncomingMessage } from 'node:http'
import { createRecentlyUsed } from '../platform/recently-used.ts'
import type { EntryRules } from './entry-rules.ts'
import { parseHost } from './host-header.ts'
import { isAllowedHost } from './host-rule.ts'
import { parseSocketIp } from './ip-address.ts'
import { OwnerSocketRequest } from './owner-request.ts'
import { describePeer, type Peer, type PeerRefusal } from './peer.ts'

/** A "no" in HTTP words. */
export interface HttpRefusal {
  readonly status: 400 | 403 | 421
  readonly error: { readonly code: string; readonly message: string; readonly type?: string }
}

export type JudgeRequest = (request: IncomingMessage) => JudgedRequest
export type JudgedRequest =
  | { readonly ok: true; readonly peer: Peer }
  | { readonly ok: false; readonly refusal: HttpRefusal }

/** Parsing an address costs as much as all the rest of the judgement; strangers can only push each other out. */
const REMEMBERED = 1_024

/**
 * What every request and every upgrade has to pass, whatever its path: form, peer, Host.
 * @param isSecret what of a target has no place in one.
 */
export function createJudgeRequest(
  rules: Pick<EntryRules, 'hostRule' | 'trustedProxies'>,
  isSecret: (target: string) => boolean = carriesSecret,
): JudgeRequest {
  const addressOf = createRecentlyUsed(REMEMBERED, parseSocketIp)
  const hostOf = createRecentlyUsed(REMEMBERED, parseHost)
  return (request) => {
    const target = request.url ?? ''
    // With `GET http://other/ HTTP/1.1` the target would outrank the Host header that is judged below.
    if (!target.startsWith('/')) return no(BAD_TARGET)
    if (isSecret(target)) return no(SECRET_IN_URL)

    const ownerSocket = request instanceof OwnerSocketRequest
    const { hostRule, trustedProxies } = rules
    const peer = describePeer(request, { trustedProxies, ownerSocket, addressOf, hostOf })
    if ('refusal' in peer) return no(PEER_REFUSALS[peer.refusal])
    // The owner's clients speak to a file, so their Host is whatever their library puts there.
    if (!ownerSocket && !isAllowedHost(hostOf(peer.host ?? ''), hostRule)) return no(FOREIGN_HOST)
    return { ok: true, peer }
  }
}

/** A secret in a URL has been written into logs and histories on its way, so it is never accepted. */
function carriesSecret(target: string): boolean {
  const query = target.indexOf('?')
  if (query < 0) return false
  const params = new URLSearchParams(target.slice(query + 1))
  return [...params.keys()].some((name) => /^(access_?token|token)$/i.test(name))
}

function no(refusal: HttpRefusal): JudgedRequest {
  return { ok: false, refusal }
}

const BAD_TARGET: HttpRefusal = {
  status: 400,
  error: { code: 'BAD_REQUEST', message: 'The request target must be a path.' },
}
const SECRET_IN_URL: HttpRefusal = {
  status: 400,
  error: {
    code: 'SECRET_IN_URL',
    message:
      'A token in a URL ends up in logs and histories. Replace that token, and send it in the Authorization header or in the handshake.',
  },
}
const FOREIGN_HOST: HttpRefusal = {
  status: 421,
  error: {
    code: 'HOST_NOT_ALLOWED',
    message:
      'This gateway does not answer to that host name. Use its IP address, or list the name in gateway.allowedHosts.',
  },
}
const PEER_REFUSALS: Readonly<Record<PeerRefusal['refusal'], HttpRefusal>> = {
  'proxy-untrusted': {
    status: 403,
    error: {
      code: 'PROXY_UNTRUSTED',
      message:
        'Proxy client attribution is required. The request carries forwarding headers, but its sender is not listed in gateway.trustedProxies.',
      type: 'proxy_attribution_required',
    },
  },
  'proxy-unclear': {
    status: 403,
    error: {
      code: 'PROXY_UNCLEAR',
      message:
        'Proxy client attribution is required. The proxy must name its client by one IP address, in X-Forwarded-For or in Forwarded.',
      type: 'proxy_attribution_required',
    },
  },
  'host-ambiguous': {
    status: 400,
    error: { code: 'BAD_REQUEST', message: 'The request has more than one Host header.' },
  },
  'peer-gone': { status: 400, error: { code: 'BAD_REQUEST', message: 'The connection is closed.' } },
}
