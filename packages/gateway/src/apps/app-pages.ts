import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JudgeRequest } from '../http/judge-request.ts'
import type { Peer } from '../http/peer.ts'
import { CREDENTIAL_MISSING } from '../http/token-refusal.ts'
import type { Door } from '../proxy/find-upstream.ts'
import { judgeTarget } from '../proxy/judge-target.ts'
import { type ProxyRefusal, REFUSALS, sendRefusal } from '../proxy/proxy-refusal.ts'
import { ENTER_PATH, readEnterTarget } from './enter-page.ts'
import { START_PATH } from './start-page.ts'
import type { Redirect, StartPairing } from './start-pairing.ts'

/** What the gateway itself serves at the origins of apps. */
export interface AppPages {
  /** Whether a target is one of these. */
  has(url: string | undefined): boolean
  serve(request: IncomingMessage, response: ServerResponse, door: Door): Promise<void>
  /** Sends a browser on its way to the pairing page, if it can be sent there. */
  readonly start: StartPairing
}

export interface AppPagesDeps {
  readonly judge: Readonly<Record<Door, JudgeRequest>>
  readonly enter: (request: IncomingMessage, peer: Peer) => Promise<Redirect | undefined>
  readonly start: StartPairing
  readonly startOver: (request: IncomingMessage, peer: Peer) => Redirect | undefined
  /** Nobody is let in at the moment. */
  readonly isClosed: () => boolean
}

export function createAppPages({ judge, enter, start, startOver, isClosed }: AppPagesDeps): AppPages {
  return {
    start,
    has: (url) => isAt(url, ENTER_PATH) || isAt(url, START_PATH),
    async serve(request, response, door) {
      const refuse = (refusal: ProxyRefusal) => sendRefusal(refusal, request, response)
      if (isClosed()) return refuse(REFUSALS.closed)
      const judged = judge[door](request)
      if (!judged.ok) return refuse({ status: judged.refusal.status, ...judged.refusal.error })
      if (isAt(request.url, START_PATH)) {
        const redirect = startOver(request, judged.peer)
        return redirect ? sendRedirect(redirect, response) : refuse(CREDENTIAL_MISSING)
      }
      // A preview that asks with HEAD must not use the ticket up.
      if (request.method !== 'GET') return refuse(REFUSALS.onlyGet)
      const redirect = await enter(request, judged.peer)
      if (redirect) return sendRedirect(redirect, response)
      sendTryAgain(response, readEnterTarget(request.url ?? '').returnTarget)
    },
  }
}

function isAt(url: string | undefined, path: string): boolean {
  return url?.startsWith(path) === true && (url.length === path.length || url[path.length] === '?')
}

/** What every page of ours at an app's origin says: nobody keeps it, nobody is told where it was. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

/** The next request is a GET, whatever this one was. */
export function sendRedirect({ location, setCookie }: Redirect, response: ServerResponse): void {
  response.writeHead(303, { ...HEADERS, Location: location, 'Set-Cookie': setCookie, 'Content-Length': 0 })
  response.end()
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '"': '&quot;', '<': '&lt;', "'": '&#39;' }

/** The same whatever was wrong. The link stays at this origin. */
function sendTryAgain(response: ServerResponse, returnTarget: string): void {
  const target = judgeTarget(returnTarget)?.raw ?? '/'
  const href = target.replace(/[&"<']/g, (letter) => ESCAPES[letter] ?? '')
  const body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Not opened</title>
<body>
<h1>The app was not opened</h1>
<p>The link to it was used before, is too old, or was made for another browser.</p>
<p><a href="${href}">Open the app again</a></p>
</body>
</html>
`
  response.writeHead(403, {
    ...HEADERS,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Content-Security-Policy':
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  })
  response.end(body)
}
