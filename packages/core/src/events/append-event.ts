import { type EventEntry, sealEvent } from '../domain/event-chain.ts'
import type { Crypto, EventSeal } from '../ports/crypto.ts'
import type { Random } from '../ports/random.ts'
import type { StoreTransaction } from '../ports/store.ts'

export interface AppendEventDeps {
  readonly seal: EventSeal
  readonly crypto: Pick<Crypto, 'sha256'>
  readonly random: Pick<Random, 'salt'>
}

/** Seals an event for the place behind the head and writes it there, under the append lock. */
export type AppendEvent = (tx: StoreTransaction, entry: EventEntry) => Promise<void>

export function createAppendEvent({ seal, crypto, random }: AppendEventDeps): AppendEvent {
  return async (tx, entry) => {
    const head = await tx.eventHead()
    const tools = { macOf: seal.macOf, sha256: crypto.sha256, salt: random.salt() }
    await tx.appendEvent(sealEvent(entry, head, tools))
  }
}
