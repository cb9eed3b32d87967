import type { ClientInfo } from '../connection.ts'
import type { ChannelAddress, FrameChannel } from '../transport/frame-channel.ts'

/**
 * What this room needs of the runtime that it lives in. `#platform` in package.json chooses which of the
 * two files that keep this promise is taken, so that a browser never sees a line of the other one.
 */
export interface Platform {
  openWebSocket(address: ChannelAddress): FrameChannel
  /** What a client says about itself when its caller says nothing. */
  describeClient(): Pick<ClientInfo, 'id' | 'mode' | 'platform' | 'deviceFamily'>
  /** Whether credentials may go there unencrypted, beyond the loopback. */
  allowsPlaintext(url: URL): boolean
  sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array>
}
