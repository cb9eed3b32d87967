import { connect, type NetConnectOpts, type Socket } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends these very bytes and reads until the server closes. Nothing of a client library is in between. */
export async function rawRequest(to: NetConnectOpts, lines: readonly string[]): Promise<RawAnswer> {
  const socket = connect(to)
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  const [head = '', ...body] = (await readAll(socket)).split('\r\n\r\n')
  const [status = '', ...headers] = head.split('\r\n')
  return {
    status: Number(status.split(' ')[1]),
    headers: Object.fromEntries(
      headers.map((line) => [line.split(':')[0]?.toLowerCase(), line.replace(/^[^:]+: /, '')]),
    ),
    body: body.join('\r\n\r\n'),
  }
}

/** The lines of an upgrade request. */
export function upgradeLines(headers: Readonly<Record<string, string>>, target = '/'): readonly string[] {
  const all = { Connection: 'Upgrade', Upgrade: 'websocket', ...headers }
  return [`GET ${target} HTTP/1.1`, ...Object.entries(all).map(([name, value]) => `${name}: ${value}`)]
}

async function readAll(socket: Socket): Promise<string> {
  let text = ''
  try {
    for await (const chunk of socket) text += String(chunk)
  } catch {
    // A reset after the answer is an end like any other.
  }
  return text
}
