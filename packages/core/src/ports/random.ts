import type { InvitationId, JoinCode, RequestId, SessionId, TokenId } from '@pairgate/protocol'

/** Everything random, from a cryptographically secure source. */
export interface Random {
  /** 128 random bits, base64url. */
  tokenId(): TokenId
  /** 128 random bits, base64url: 22 letters. */
  salt(): string
  /** 256 random bits. */
  secretBits(): Uint8Array
  /** UUID version 4. */
  requestId(): RequestId
  /** UUID version 4. */
  invitationId(): InvitationId
  /** 128 random bits, base64url: 22 letters. */
  joinCode(): JoinCode
  /** A whole number from 0 to `limit - 1`, each as likely as any other. */
  below(limit: number): number
  /** UUID version 4. */
  sessionId(): SessionId
}
