import { EVERY_SESSION } from '@pairgate/protocol'
import { ok, type Result, refuse } from '../domain/result.ts'
import { type Admission, capScopes, knownScopes } from './admission.ts'
import type { ConnectAsk, ConnectPeer } from './connect-ask.ts'

/**
 * The owner path: a peer on the Unix socket that proved `secrets/local.key` may do everything, narrowed
 * by the scopes that it asks for. Who can read the state directory is the owner (design section 5).
 */
export function acceptOwner(ask: ConnectAsk, peer: ConnectPeer, proved: boolean): Result<Admission> {
  if (!proved) return refuse({ reason: 'owner-proof-invalid' })
  if (ask.role !== 'operator') return refuse({ reason: 'role-invalid' })
  const { connId, remoteIp } = peer
  const scopes = capScopes([...new Set(knownScopes(ask.scopes))], peer)
  const principal = {
    kind: 'owner',
    role: 'operator',
    scopes,
    sessionId: EVERY_SESSION,
    remoteIp,
    connId,
  } as const
  return ok({ principal, method: 'owner', token: undefined, first: undefined })
}
