import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import type { Random } from '@pairgate/core'
import {
  type InvitationId,
  joinCodeOf,
  type RequestId,
  type SessionId,
  type TokenId,
} from '@pairgate/protocol'

/** Ids from the system's random source. */
export function createNodeRandom(): Random {
  return {
    tokenId: () => randomBytes(16).toString('base64url') as TokenId,
    salt: () => randomBytes(16).toString('base64url'),
    secretBits: randomKey,
    requestId: () => randomUUID() as RequestId,
    invitationId: () => randomUUID() as InvitationId,
    joinCode: () => joinCodeOf(randomBytes(16)),
    below: (limit) => randomInt(limit),
    sessionId: () => randomUUID() as SessionId,
  }
}

/** 256 random bits for a key. */
export function randomKey(): Uint8Array {
  return randomBytes(32)
}

/** A random name for a temporary file. */
export function randomName(): string {
  return randomBytes(8).toString('hex')
}

/** A nonce for a handshake: UUID version 4. */
export function randomNonce(): string {
  return randomUUID()
}
