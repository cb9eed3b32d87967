import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { refuseUpgrade } from '../http/refuse-upgrade.ts'

/** A "no" of the proxy: nothing of the request has reached an upstream, or nothing came back. */
export interface ProxyRefusal {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

/** Answers a request with a "no". A body that is still on its way is not waited for. */
export function sendRefusal(
  { status, code, message, headers }: ProxyRefusal,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const body = JSON.stringify({ error: { code, message } })
  const isOver = request.complete || hasNoBody(request)
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    ...(isOver ? {} : { Connection: 'close' }),
    ...(headers as Record<string, string | string[]> | undefined),
  })
  response.end(body)
}

/** The same on a socket that asked for an upgrade. */
export function sendUpgradeRefusal(refusal: ProxyRefusal, socket: Duplex): void {
  const { status, code, message, headers } = refusal
  const body = JSON.stringify({ error: { code, message } })
  refuseUpgrade(socket, { status, type: 'application/json', body, ...(headers && { headers }) })
}

export function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0
}

export const REFUSALS = {
  badTarget: no(400, 'BAD_REQUEST', 'The path or the query holds something that programs read differently.'),
  badFraming: no(501, 'BAD_REQUEST', 'The only transfer coding that is taken is "chunked".'),
  badVersion: no(505, 'BAD_REQUEST', 'Only HTTP/1.0 and HTTP/1.1 are spoken here.'),
  badMethod: no(405, 'METHOD_NOT_ALLOWED', 'This method is not passed on.'),
  onlyGet: no(405, 'METHOD_NOT_ALLOWED', 'Use GET.'),
  badUpgrade: no(400, 'BAD_REQUEST', 'Only a WebSocket may be asked for, without a body.'),
  notFound: no(404, 'NOT_FOUND', 'There is nothing at this path.'),
  foreignOrigin: no(403, 'ORIGIN_NOT_ALLOWED', 'A page of another origin may not open a WebSocket here.'),
  closed: {
    ...no(503, 'UNAVAILABLE', 'The gateway lets nobody in at the moment.'),
    headers: { 'Retry-After': '2' },
  },
  unreachable: no(502, 'UPSTREAM_UNREACHABLE', 'What is behind the gateway cannot be reached.'),
  untrusted: no(
    502,
    'UPSTREAM_UNTRUSTED',
    'What is behind the gateway shows a certificate that is not accepted.',
  ),
  brokenAnswer: no(502, 'UPSTREAM_BROKEN', 'What is behind the gateway gave no proper answer.'),
  late: no(504, 'UPSTREAM_TIMEOUT', 'What is behind the gateway did not answer in time.'),
} as const satisfies Record<string, ProxyRefusal>

function no(status: number, code: string, message: string): ProxyRefusal {
  return { status, code, message }
}
