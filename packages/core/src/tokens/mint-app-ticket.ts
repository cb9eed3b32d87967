import {
  type AppTicketSecret,
  coversScopes,
  formatAppTicket,
  type Instant,
  joinScopes,
  missingScope,
  type Scope,
} from '@pairgate/protocol'
import { childEnd, withoutMighty } from '../domain/access-token.ts'
import { TICKET_LIFETIME_MS } from '../domain/app-ticket.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Decide } from '../events/decide.ts'
import type { Crypto } from '../ports/crypto.ts'
import type { Random } from '../ports/random.ts'

/** The app that a browser wants to enter, and by what it will be known there. */
export interface TicketAsk {
  readonly route: string
  readonly scope: Scope | 'none'
  /** The whole address that it is to come back to. */
  readonly returnTo: string
  readonly stateHash: string
}

/** The secret is told once and is then forgotten here. */
export interface MintedTicket {
  readonly secret: AppTicketSecret
  readonly expiresAt: Instant
}

export interface MintAppTicketDeps {
  readonly decide: Decide
  readonly random: Random
  readonly crypto: Crypto
}

/** A browser that opens all its tabs again asks for many at once. */
const LIVE_PER_TOKEN = 100

/**
 * Lets the browser of a paired device into an app, for which it must hold the scope now. As with access tokens
 * nothing is decided, so no event tells of it.
 */
export function createMintAppTicket({ decide, random, crypto }: MintAppTicketDeps) {
  return (principal: Principal, ask: TicketAsk): Promise<Result<MintedTicket>> =>
    decide(principal, async ({ tx, actor, now }) => {
      if (principal.kind !== 'device') return refuse({ reason: 'ticket-needs-device' })
      const scopes = chooseScopes(actor.scopes, ask.scope)
      if (!scopes.ok) return scopes
      const { deviceId, role, tokenId, sessionId } = principal
      if ((await tx.countAppTickets(tokenId, now)) >= LIVE_PER_TOKEN)
        return refuse({ reason: 'too-many-tickets' })

      const secret = formatAppTicket(random.secretBits())
      const expiresAt = childEnd(await tx.findToken(deviceId, role), now, TICKET_LIFETIME_MS)
      await tx.insertAppTicket({
        hash: crypto.hashToken(secret),
        stateHash: ask.stateHash,
        returnHash: crypto.sha256(ask.returnTo),
        route: ask.route,
        deviceId,
        role,
        parentId: tokenId,
        sessionId,
        scopes: scopes.value,
        createdAt: now,
        expiresAt,
      })
      return ok({ secret, expiresAt })
    })
}

/** What the connection holds but admin and pairing, and the scope of the app also where it is only implied. */
function chooseScopes(held: readonly Scope[], wanted: Scope | 'none'): Result<readonly Scope[]> {
  const plain = withoutMighty(held)
  if (wanted === 'none') return ok(plain)
  if (withoutMighty([wanted]).length === 0) return refuse({ reason: 'scope-not-for-access', scope: wanted })
  const missing = missingScope(held, [wanted])
  if (missing !== undefined) return refuse({ reason: 'scope-missing', scope: missing })
  return ok(coversScopes(plain, [wanted]) ? plain : joinScopes(plain, [wanted]))
}
