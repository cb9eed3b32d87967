import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { connectPinned, type PinnedSocket } from '@pairgate/client'
import type { TlsPin } from '@pairgate/protocol'

export interface PinnedGet {
  readonly href: string
  readonly pin: TlsPin
  readonly signal: AbortSignal
  /** Whatever answers gets no further than this. */
  readonly longest: number
}

/** GET from whoever holds the pinned certificate; nothing is sent to anybody else, and no redirect is followed. */
export async function getPinned({ href, pin, signal, longest }: PinnedGet): Promise<Response> {
  let socket: PinnedSocket | undefined
  const createConnection: RequestOptions['createConnection'] = (_options, done) => {
    // The types want a socket also beside an error; Node.js does not.
    const give = done as (error: Error | null, socket?: PinnedSocket) => void
    socket = connectPinned({ url: href, pin, onKey: undefined }, give)
    return undefined
  }
  try {
    const asked = request(href, { createConnection })
    // Without a socket of its own yet, the request would not end with the signal.
    signal.addEventListener('abort', () => socket?.destroy(signal.reason), { once: true })
    const answered = once(asked, 'response')
    asked.end()
    const [response]: IncomingMessage[] = await answered
    if (!response) throw new Error('no answer')
    return new Response(await readText(response, longest), { status: response.statusCode ?? 502 })
  } finally {
    socket?.destroy()
  }
}

async function readText(response: IncomingMessage, longest: number): Promise<string> {
  let text = ''
  for await (const piece of response.setEncoding('utf8')) {
    text += piece
    if (text.length > longest) break
  }
  return text
}
