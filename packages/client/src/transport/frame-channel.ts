import type { TlsPin } from '@pairgate/protocol'
import type { RequestFrame } from '@pairgate/protocol/wire'
import type { ConnectionClose } from '../connection.ts'
import type { ReceivedFrame } from '../received-frame.ts'

/** A socket as the rest of the room sees it: frames in, frames out, one end. */
export interface FrameChannel {
  /** Settles once the WebSocket stands. @throws ClientError `UNREACHABLE`. */
  readonly opened: Promise<void>
  /**
   * The next frame in order of arrival, `undefined` for one that is no frame of the protocol.
   * @throws ClientError `CLOSED` when the channel ended before it came.
   */
  next(): Promise<ReceivedFrame | undefined>
  /** From now on every frame goes to `listener`, beginning with those that nobody has asked for yet. */
  listen(listener: (frame: ReceivedFrame | undefined) => void): void
  /** Sends the text of one frame. @throws ClientError `CLOSED`. */
  send(text: string): void
  /** Ends the channel; the peer has less than a second to agree. */
  close(code: number, reason: string): Promise<ConnectionClose>
  /** Never rejects. */
  readonly closed: Promise<ConnectionClose>
}

export interface ChannelAddress {
  /** What people know the other side by, for messages. */
  readonly name: string
  readonly url: string
  /** Connects to this Unix socket instead of the URL's host. */
  readonly socketPath?: string
  readonly headers?: Readonly<Record<string, string>>
  /** What a `wss://` address must prove to hold: a certificate, or its public key, by SHA-256. */
  readonly tlsPin?: TlsPin | undefined
  /** Told the fingerprint of the public key once the pin has fitted; it outlives the certificate. */
  readonly onTlsKey?: (keyPin: TlsPin) => void
}

/** The text of a request frame (protocol fact 2). */
export function serializeRequest({ id, method, params }: Omit<RequestFrame, 'type'>): string {
  return JSON.stringify({ type: 'req', id, method, ...(params !== undefined && { params }) })
}
