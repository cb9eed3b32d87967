import type { TlsPin } from '@pairgate/protocol'
import { platform } from '#platform'
import { ClientError } from '../client-error.ts'
import { createRequestMaker, type RequestMaker, refuseForeign, type Step } from './request-maker.ts'

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What opens the doors of one origin. */
export interface Credentials {
  /** Puts them on the request. @returns what the server must prove to hold. */
  sign(request: Request): Promise<TlsPin | undefined>
  /** Told of each answer. @returns whether the same request is worth a second try, with others. */
  mayRepeat(response: Response, request: Request): boolean
}

/** As many as browsers follow. */
const MOST_REDIRECTS = 20

/**
 * A `fetch` for one origin with something to show there. The credentials go nowhere else: an address elsewhere
 * is refused, and so is a redirect that leads elsewhere. One within the origin is followed with new credentials.
 */
export function createGuardedFetch(base: URL, credentials: Credentials): Fetch {
  async function send(maker: RequestMaker, step: Step): Promise<Sent | undefined> {
    const made = maker.make(step)
    if (!made) return undefined
    const { request } = made
    const tlsPin = await credentials.sign(request)
    try {
      const response = await platform.sendRequest({ ...made, tlsPin })
      return { response, mayRepeat: credentials.mayRepeat(response, request), method: request.method }
    } catch (error) {
      throw maker.stream?.failure ? maker.stream.failure.error : error
    }
  }

  async function ask(maker: RequestMaker, step: Step): Promise<Sent> {
    const sent = await send(maker, step)
    if (!sent) throw redirected('The redirect wants the body once more, which was a stream.')
    if (!sent.mayRepeat) return sent
    const again = await send(maker, step)
    if (again) await sent.response.body?.cancel()
    return again ?? sent
  }

  async function follow(maker: RequestMaker): Promise<Response> {
    let step = maker.first
    for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
      const { response, method } = await ask(maker, step)
      if (!isRedirect(response) || maker.redirect === 'manual') return response
      await response.body?.cancel()
      if (maker.redirect === 'error') throw redirected('The answer is a redirect.')
      step = nextStep(base, step, { response, method })
    }
    throw redirected(`More than ${MOST_REDIRECTS} redirects, one after the other.`)
  }

  return async (input, init) => {
    const maker = createRequestMaker(base, input, init)
    try {
      return await follow(maker)
    } finally {
      maker.stream?.settle()
    }
  }
}

interface Sent {
  readonly response: Response
  readonly method: string
  readonly mayRepeat: boolean
}

function isRedirect({ status, type, headers }: Response): boolean {
  if (type === 'opaqueredirect') return true
  return [301, 302, 303, 307, 308].includes(status) && headers.has('location')
}

/** @throws ClientError `FOREIGN_ORIGIN`, or `REDIRECTED` where the runtime does not show where it leads. */
function nextStep(
  base: URL,
  { address, isBodiless }: Step,
  { response, method }: Omit<Sent, 'mayRepeat'>,
): Step {
  const { status, headers } = response
  if (response.type === 'opaqueredirect')
    throw redirected('The answer is a redirect, and a browser shows no page where to.')
  const next = URL.parse(headers.get('location') ?? '', address.href)
  if (!next) throw redirected('The answer is a redirect to an address that is none.')
  refuseForeign(base, next)
  const becomesGet = status === 303 || (status < 303 && method === 'POST')
  return { address: next, isBodiless: isBodiless || becomesGet }
}

function redirected(message: string): ClientError {
  return new ClientError('REDIRECTED', message)
}
