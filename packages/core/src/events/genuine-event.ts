import { canonicalEvent, type EventRecord, hashDetails } from '../domain/event-chain.ts'
import type { Crypto, EventSeal } from '../ports/crypto.ts'

export interface GenuineDeps {
  readonly seal: EventSeal
  readonly crypto: Pick<Crypto, 'sha256'>
}

export function isSealed({ seal }: GenuineDeps, row: EventRecord): boolean {
  return seal.macAt(row.seq, canonicalEvent(row)) === row.mac
}

export function hasOwnDetails({ crypto }: GenuineDeps, { details, detailsHash }: EventRecord): boolean {
  return !details || hashDetails(details, crypto.sha256) === detailsHash
}

export function isGenuine(deps: GenuineDeps, row: EventRecord): boolean {
  return isSealed(deps, row) && hasOwnDetails(deps, row)
}
