import { ClientError, parseGatewayAddress, sendRequest } from '@pairgate/client'
import { parseSetupPayload, type SetupPayload, type TlsPin } from '@pairgate/protocol'
import { CommandError } from '../output/command-error.ts'

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
  const text = response.ok ? await readText(response) : ''
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
  { timeout, tlsFingerprint }: JoinOptions,
): Promise<Response> {
  if (tlsFingerprint !== undefined && !href.startsWith('https:'))
    throw new CommandError('A TLS fingerprint needs a https:// link.')
  try {
    // Whoever redirects is not the gateway that made the link.
    const request = new Request(href, { redirect: 'manual', signal: AbortSignal.timeout(timeout) })
    return await sendRequest({ request, length: undefined, tlsPin: tlsFingerprint })
  } catch (error) {
    const code = codeOf(error)
    const message = `Gateway not reachable at ${origin} (${code}).`
    const shape = { type: 'gateway_transport_error', kind: 'closed', message, reason: code } as const
    throw new CommandError(message, { next: adviceFor(error, code), shape })
  }
}

async function readText({ body }: Response): Promise<string> {
  let text = ''
  for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece
    if (text.length > LONGEST_ANSWER) break
  }
  return text
}

function codeOf(error: unknown): string {
  if (error instanceof ClientError)
    return error.code === 'TLS_FINGERPRINT' ? error.code : String(error.details['cause'] ?? error.code)
  return error instanceof Error ? error.name : 'no answer'
}

function adviceFor(error: unknown, code: string): readonly string[] {
  if (error instanceof ClientError && error.code === 'TLS_FINGERPRINT')
    return [`It shows another certificate than the pinned one: ${error.details['shown']}`]
  return code === 'DEPTH_ZERO_SELF_SIGNED_CERT'
    ? ["If it is the gateway's own certificate, pass its fingerprint: --tls-fingerprint <sha256>"]
    : ['Check the link, and whether the gateway runs.']
}
