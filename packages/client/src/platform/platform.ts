import type { ClientInfo } from '../connection.ts'
import type { ChannelAddress, FrameChannel } from '../transport/frame-channel.ts'
import type { OutgoingRequest } from '../transport/outgoing-request.ts'

/**
 * What this room needs of the runtime that it lives in. `#platform` in package.json chooses which of the
 * two files that keep this promise is taken, so that a browser never sees a line of the other one.
 */
export interface Platform {
  openWebSocket(address: ChannelAddress): FrameChannel
  /**
   * Sends a request that follows no redirect (`redirect: 'manual'`).
   * @throws ClientError `UNREACHABLE`, `TLS_FINGERPRINT`, `TLS_UNTRUSTED`, `INVALID_FINGERPRINT` where a pin
   * cannot be checked; the reason of the request's signal.
   */
  sendRequest(outgoing: OutgoingRequest): Promise<Response>
  /** What a client says about itself when its caller says nothing. */
  describeClient(): Pick<ClientInfo, 'id' | 'mode' | 'platform' | 'deviceFamily'>
  /** Whether credentials may go there unencrypted, beyond the loopback. */
  allowsPlaintext(url: URL): boolean
  sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array>
}
