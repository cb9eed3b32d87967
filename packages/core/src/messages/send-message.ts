import { coversScopes, EVERY_SESSION, isMainSession } from '@pairgate/protocol'
import { type Actor, rereadActor } from '../access/reread-actor.ts'
import type { Message } from '../domain/message.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Session } from '../domain/session.ts'
import type { Decide } from '../events/decide.ts'
import type { Clock } from '../ports/clock.ts'
import type { Crypto } from '../ports/crypto.ts'
import type { LiveConnections, SentMessage } from '../ports/live-connections.ts'
import type { Random } from '../ports/random.ts'
import type { Store, StoreTransaction } from '../ports/store.ts'
import { findNamedSession } from '../sessions/find-session.ts'
import { ensureMain } from '../sessions/manage-session.ts'

export interface MessageToSend {
  /** Left out, the sender's own session. */
  readonly sessionKey?: string | undefined
  readonly text: string
  readonly idempotencyKey: string
}

/** Read when it is needed: it may change while the gateway runs. */
export interface MessageLimits {
  /** How many messages a session keeps; the oldest go. */
  readonly kept: number
}

export interface SendMessageDeps {
  readonly store: Store
  readonly decide: Decide
  readonly clock: Clock
  readonly random: Random
  readonly crypto: Pick<Crypto, 'sha256'>
  readonly live: Pick<LiveConnections, 'tellMessage'>
  readonly messages: MessageLimits
}

/** Deleted in one transaction: nobody who sends waits for more than these. */
const TRIMMED_AT_ONCE = 500

/**
 * Adds a message to a session and tells it to who listens there, in commit order. It is written under the
 * append lock with the sender's grant read again, as every decision is, but it is no event of the log. What
 * the same sender sends under the same key once more is answered with the message that is there.
 */
export function createSendMessage(deps: SendMessageDeps) {
  const { store, decide, random, live } = deps

  async function send(principal: Principal, ask: MessageToSend): Promise<Result<SentMessage>> {
    const sent = await store.mutate((tx) => sendUnderLock(deps, tx, { principal, ask }))
    if (!sent.ok) return sent
    const { isNew, ...told } = sent.value
    if (isNew) live.tellMessage(told)
    return ok(told)
  }

  return async (principal: Principal, ask: MessageToSend): Promise<Result<SentMessage>> => {
    const sent = await send(principal, ask)
    const misses = !sent.ok && sent.refusal.reason === 'session-unknown'
    const meansMain = ask.sessionKey === undefined || isMainSession(ask.sessionKey)
    if (!misses || !meansMain || principal.sessionId !== EVERY_SESSION) return sent
    const made = await decide(principal, async (decision) => ok(await ensureMain(decision, random)))
    return made.ok ? send(principal, ask) : made
  }
}

interface Sending {
  readonly principal: Principal
  readonly ask: MessageToSend
}

async function sendUnderLock(
  deps: SendMessageDeps,
  tx: StoreTransaction,
  { principal, ask }: Sending,
): Promise<Result<SentMessage & { readonly isNew: boolean }>> {
  const now = deps.clock.now()
  const actor = await rereadActor(tx, principal, now)
  if (!actor.ok) return actor
  if (!coversScopes(actor.value.scopes, ['operator.write']))
    return refuse({ reason: 'scope-missing', scope: 'operator.write' })
  const session = await findNamedSession(tx, actor.value, ask.sessionKey)
  if (!session) return refuse({ reason: 'session-unknown' })

  const paramsHash = deps.crypto.sha256(JSON.stringify(['chat.send', ask.text]))
  const before = await tx.findSentMessage(session.id, actor.value.ref, ask.idempotencyKey)
  if (before && before.paramsHash !== paramsHash) return refuse({ reason: 'idempotency-conflict' })
  if (before) return ok({ message: before, sessionKey: session.key, isNew: false })

  const { last } = await tx.messageBounds(session.id)
  const message = newMessage(
    deps,
    { actor: actor.value, session, ask, paramsHash },
    { seq: last + 1, at: now },
  )
  await tx.insertMessage(message)
  await tx.trimMessages(session.id, message.seq - deps.messages.kept, TRIMMED_AT_ONCE)
  return ok({ message, sessionKey: session.key, isNew: true })
}

interface Checked {
  readonly actor: Actor
  readonly session: Session
  readonly ask: MessageToSend
  readonly paramsHash: string
}

function newMessage(
  { random }: SendMessageDeps,
  { actor, session, ask, paramsHash }: Checked,
  place: Pick<Message, 'seq' | 'at'>,
): Message {
  const { text, idempotencyKey } = ask
  const id = random.salt()
  return {
    id,
    sessionId: session.id,
    ...place,
    actor: actor.ref,
    role: 'user',
    text,
    idempotencyKey,
    paramsHash,
  }
}
