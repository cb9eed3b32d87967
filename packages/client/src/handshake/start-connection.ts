import type { HelloOk } from '@pairgate/protocol/wire'
import { platform } from '#platform'
import { ClientError } from '../client-error.ts'
import type { Connection } from '../connection.ts'
import { createConnection } from '../create-connection.ts'
import { withDeadline } from '../timer.ts'
import type { ChannelAddress, FrameChannel } from '../transport/frame-channel.ts'
import {
  type Challenge,
  type Introduction,
  readChallenge,
  readHello,
  sendConnect,
} from './handshake-messages.ts'

const CONNECT_TIMEOUT_MS = 10_000

export interface Opening {
  readonly address: ChannelAddress
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Judges the challenge and says who we are. Whatever it throws ends the attempt with nothing sent. */
  introduce(challenge: Challenge): Introduction | Promise<Introduction>
}

/**
 * Opens a socket and takes it through the handshake.
 * @throws ClientError the gateway's refusal, `UNREACHABLE`, `TIMEOUT`, `CLOSED`, `PROTOCOL`; the signal's reason.
 */
export async function startConnection(opening: Opening): Promise<Connection> {
  const { address, signal, timeoutMs = CONNECT_TIMEOUT_MS } = opening
  signal?.throwIfAborted()
  const channel = platform.openWebSocket(address)
  const timedOut = (): ClientError =>
    new ClientError('TIMEOUT', `gateway timeout after ${timeoutMs}ms`, {
      details: { gateway: address.name, timeoutMs },
    })
  try {
    const hello = await withDeadline(shakeHands(channel, opening), { timeoutMs, signal, timedOut })
    return createConnection(channel, hello)
  } catch (error) {
    void channel.close(1008, 'connect failed')
    throw error
  }
}

async function shakeHands(channel: FrameChannel, { introduce }: Opening): Promise<HelloOk> {
  await channel.opened
  const challenge = await readChallenge(channel)
  sendConnect(channel, await introduce(challenge))
  return readHello(channel)
}
