import { PinnedCertificateError, parseGatewayAddress } from '@pairgate/client'
import { parseSetupPayload, type SetupPayload, type TlsPin } from '@pairgate/protocol'
import { CommandError } from '../output/command-error.ts'
import { getPinned } from '../target/get-pinned.ts'

const LONGEST_ANSWER = 8_192

export interface JoinOptions {
  /** Milliseconds. */
  readonly timeout: number
  /** The link itself has no room for one. */
  readonly tlsFingerprint?: TlsPin | undefined
}

/**
 * Fetches the setup code behind a join link, which can be done once.
 * @throws CommandError when it is gone, or what answers is no gateway.
 */
export async function fetchJoinLink(href: string, how: JoinOptions): Promise<SetupPayload> {
  const { origin } = new URL(href)
  refusePlaintext(href)
  const response = await ask(href, origin, how)
  if (response.status === 404) {
    throw new CommandError('This join link has run out or was used before.', {
      next: ['Make a new one on the gateway: openclaw devices join-code'],
    })
  }
  if (response.status === 429)
    throw new CommandError('The gateway has been asked too often from here.', {
      next: ['Wait a few minutes.'],
    })
  const text = response.ok ? await response.text() : ''
  const payload = text.length <= LONGEST_ANSWER ? parseSetupPayload(text) : undefined
  if (payload) return payload
  throw new CommandError(`What answers at ${origin} is no gateway (HTTP ${response.status}).`, {
    next: ['Check the link: is it complete?'],
  })
}

/** What the link answers is a secret, so it goes by the rule for secrets. */
function refusePlaintext(href: string): void {
  const { protocol, host } = new URL(href)
  try {
    parseGatewayAddress(`${protocol === 'http:' ? 'ws' : 'wss'}://${host}`)
  } catch (error) {
    const [message = '', ...next] = error instanceof Error ? error.message.split('\n') : []
    throw new CommandError(message, { next })
  }
}

async function ask(
  href: string,
  origin: string,
  { timeout, tlsFingerprint: pin }: JoinOptions,
): Promise<Response> {
  if (pin !== undefined && !href.startsWith('https:'))
    throw new CommandError('A TLS fingerprint needs a https:// link.')
  const signal = AbortSignal.timeout(timeout)
  try {
    if (pin !== undefined) return await getPinned({ href, pin, signal, longest: LONGEST_ANSWER })
    // Whoever redirects is not the gateway that made the link.
    return await fetch(href, { redirect: 'manual', signal })
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const code = codeOf(cause)
    const message = `Gateway not reachable at ${origin} (${code}).`
    const shape = { type: 'gateway_transport_error', kind: 'closed', message, reason: code } as const
    throw new CommandError(message, { next: adviceFor(cause, code), shape })
  }
}

function codeOf(cause: unknown): string {
  if (cause instanceof PinnedCertificateError) return 'TLS_FINGERPRINT'
  if (!(cause instanceof Error)) return 'no answer'
  // A timeout has a number of its own, which tells nobody anything.
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
}

function adviceFor(cause: unknown, code: string): readonly string[] {
  if (cause instanceof PinnedCertificateError)
    return [`It shows another certificate than the pinned one: ${cause.shown}`]
  return code === 'DEPTH_ZERO_SELF_SIGNED_CERT'
    ? ["If it is the gateway's own certificate, pass its fingerprint: --tls-fingerprint <sha256>"]
    : ['Check the link, and whether the gateway runs.']
}
