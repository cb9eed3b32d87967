import type { TlsPin } from '@pairgate/protocol'

/** One HTTP request, ready to leave. */
export interface OutgoingRequest {
  readonly request: Request
  /** Bytes of the body where they are known before it is read. */
  readonly length: number | undefined
  /** What the server must prove to hold, by SHA-256: a certificate, or its public key. */
  readonly tlsPin: TlsPin | undefined
}
