import { parseGatewayAddress } from '@pairgate/client'
import { parseSetupPayload, type SetupPayload } from '@pairgate/protocol'
import { CommandError } from '../output/command-error.ts'

const LONGEST_ANSWER = 8_192

/**
 * Fetches the setup code behind a join link, which can be done once.
 * @throws CommandError when it is gone, or what answers is no gateway.
 */
export async function fetchJoinLink(href: string, timeoutMs: number): Promise<SetupPayload> {
  const { origin } = new URL(href)
  refusePlaintext(href)
  const response = await ask(href, origin, timeoutMs)
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

async function ask(href: string, origin: string, timeoutMs: number): Promise<Response> {
  try {
    // Whoever redirects is not the gateway that made the link.
    return await fetch(href, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer'
    const message = `Gateway not reachable at ${origin} (${code}).`
    const shape = { type: 'gateway_transport_error', kind: 'closed', message, reason: code } as const
    throw new CommandError(message, { next: ['Check the link, and whether the gateway runs.'], shape })
  }
}
