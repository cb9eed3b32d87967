import type { ClientError } from '@pairgate/client'
import { formatSpan } from '../output/age.ts'
import { cleanText } from '../output/clean-text.ts'
import { CommandError, type FailureShape } from '../output/command-error.ts'
import type { Target } from './resolve-target.ts'

export interface ErrorPlace {
  readonly target: Target
  readonly configFile: string
}

/** What went wrong with a gateway, as a sentence, what to do next, and the shape for programs. */
export function explainClientError(error: ClientError, place: ErrorPlace): CommandError {
  const { target, configFile } = place
  const gateway = { url: target.url, urlSource: target.source }
  const passing = error.shouldRetry()
  const where = [`Gateway target: ${target.url}`, `Source: ${target.source}`, `Config: ${configFile}`]
  const transport = transportShape(error)
  if (transport) {
    const next = [...transportAdvice(error), ...where]
    return new CommandError(error.message, { next, shape: transport, gateway, passing })
  }
  if (error.errorCode === undefined)
    return new CommandError(...splitLines(error.message, ownAdvice(error, place)))
  const message = refusalMessage(error)
  return new CommandError(message, {
    next: refusalAdvice(error, target),
    shape: requestShape(error, message),
    passing,
  })
}

/** Failures before the gateway has answered anything. */
const TRANSPORT_CODES: readonly string[] = [
  'UNREACHABLE',
  'CLOSED',
  'PROTOCOL',
  'TLS_FINGERPRINT',
  'TLS_UNTRUSTED',
]

function transportShape(error: ClientError): FailureShape | undefined {
  const { code, message, details } = error
  if (code === 'TIMEOUT') {
    const timeoutMs = details['timeoutMs']
    return {
      type: 'gateway_transport_error',
      kind: 'timeout',
      message,
      ...(typeof timeoutMs === 'number' && { timeoutMs }),
    }
  }
  if (!TRANSPORT_CODES.includes(code)) return undefined
  const reason = error.closeReason || (code === 'TLS_FINGERPRINT' ? code : details['cause'])
  return {
    type: 'gateway_transport_error',
    kind: 'closed',
    message,
    ...(typeof reason === 'string' && { reason }),
  }
}

function transportAdvice({ code, details }: ClientError): readonly string[] {
  if (code === 'TIMEOUT')
    return ['Is it overloaded, or is something else listening there? --timeout <ms> waits longer.']
  if (code === 'PROTOCOL')
    return ['What answers there does not speak the gateway protocol: check the address.']
  if (code === 'CLOSED') return ['Look into the log of the gateway, or try again.']
  if (code === 'TLS_FINGERPRINT') return pinAdvice(details)
  if (code === 'TLS_UNTRUSTED')
    return [
      "If it is the gateway's own certificate, read its fingerprint on the host of the gateway (openclaw gateway status) and pass it: --tls-fingerprint <sha256>",
    ]
  const isMissing = details['httpStatus'] === undefined
  return isMissing
    ? ['Start it with `openclaw gateway run` or check `openclaw gateway status`.']
    : ['Something else answers there: check host, port and path of the address.']
}

function pinAdvice({ pinned, shown }: ClientError['details']): readonly string[] {
  return [
    `Pinned: ${cleanText(String(pinned))}`,
    `Shown:  ${cleanText(String(shown))}`,
    'Somebody may be in between. Compare with `openclaw gateway status` on the host of the gateway; if it has a new certificate, pass its fingerprint: --tls-fingerprint <sha256>',
  ]
}

/** Failures of our own side that have nothing to do with what the gateway answered. */
function ownAdvice({ code }: ClientError, { target }: ErrorPlace): readonly string[] {
  if (code === 'OWNER_PROOF')
    return ['Stop that program, or check OPENCLAW_STATE_DIR and OPENCLAW_GATEWAY_SOCK.']
  if (code === 'REQUEST_REJECTED')
    return [`Ask the operator, then run openclaw connect --url ${target.url} again.`]
  return []
}

function splitLines(message: string, advice: readonly string[]): [string, { next: readonly string[] }] {
  const [first = message, ...rest] = message.split('\n')
  return [first, { next: [...rest, ...advice] }]
}

function requestShape(error: ClientError, message: string): FailureShape {
  return {
    type: 'gateway_request_error',
    code: error.errorCode ?? error.code,
    message,
    ...(Object.keys(error.details).length > 0 && { details: error.details }),
    retryable: error.retryable,
  }
}

const PAIRING_TEXTS: Readonly<Record<string, string>> = {
  'scope-upgrade': 'scope upgrade pending approval',
  'role-upgrade': 'role upgrade pending approval',
}

/** The gateway's own words, but for pairing, where scripts know those of OpenClaw's command (cli fact 2). */
function refusalMessage({ code, message, details, requestId }: ClientError): string {
  if (code !== 'PAIRING_REQUIRED') return cleanText(message, 1_000)
  const text = PAIRING_TEXTS[String(details['reason'])] ?? 'device pairing required'
  return requestId === undefined ? text : `${text} (requestId: ${cleanText(requestId)})`
}

function pairingAdvice({ requestId, details }: ClientError): readonly string[] {
  return [
    ...(details['authReason'] === 'token_expired' ? ['The token of this device has expired.'] : []),
    ...(requestId === undefined
      ? []
      : [`Approve it on the gateway: openclaw devices approve ${cleanText(requestId)}`]),
  ]
}

function refusalAdvice(error: ClientError, target: Target): readonly string[] {
  const connect =
    target.kind === 'url' ? `openclaw connect --url ${target.url}` : 'openclaw connect --url <url>'
  const { retryAfterMs, details } = error
  const wait =
    retryAfterMs === undefined ? 'Wait a little' : `Wait ${formatSpan(Math.max(retryAfterMs, 1_000))}`
  const advice: Readonly<Record<string, readonly string[]>> = {
    PAIRING_REQUIRED: pairingAdvice(error),
    AUTH_TOKEN_MISSING: [`Pass --token, or pair this device: ${connect}`],
    AUTH_TOKEN_MISMATCH: [`Check the value of --token, or pair this device: ${connect}`],
    AUTH_PASSWORD_MISSING: [`Pass --password, or pair this device: ${connect}`],
    AUTH_PASSWORD_MISMATCH: [`Check the value of --password, or pair this device: ${connect}`],
    AUTH_DEVICE_TOKEN_MISMATCH: [`The token of this device was revoked or replaced. Ask again: ${connect}`],
    AUTH_SCOPE_MISMATCH: [
      'The token of this device does not hold all these scopes: ask for fewer, or have it approved again.',
    ],
    AUTH_RATE_LIMITED: [`${wait}, then try again.`],
    DEVICE_IDENTITY_REQUIRED: [`That is for paired devices, and this one is not. Pair it: ${connect}`],
    MISSING_SCOPE: [missingScopeAdvice(details['missingScope'])],
    TOO_MANY_PENDING: ['Have an operator decide the open requests: openclaw devices list'],
    TOO_MANY_CODES: ['See them: openclaw pair list; end one: openclaw pair cancel <id>'],
    DIGEST_MISMATCH: ['The request is not what was shown. Look at it again: openclaw devices list'],
    LAST_ADMIN: ['Run the command on the host of the gateway, without --url.'],
    DEVICE_AUTH_SIGNATURE_EXPIRED: ['Set the clock of this machine: it differs from that of the gateway.'],
  }
  const known = advice[error.code] ?? WORD_ADVICE[error.message] ?? paramAdvice(error.message)
  return known ?? (error.errorCode === 'UNAVAILABLE' ? [`${wait}, then try again.`] : [])
}

/** For refusals that have no code of their own. */
const WORD_ADVICE: Readonly<Record<string, readonly string[]>> = {
  'unknown session': ['See them: openclaw sessions list'],
  'a session has this key already': ['Choose another key, or see that one: openclaw sessions show <key>'],
  'newKey or label required': ['Pass another key, --label <text> or --no-label.'],
}

/** Which flag a parameter comes from, where a value is judged by the gateway alone. */
const FLAGS: Readonly<Record<string, string>> = {
  label: '--label',
  name: '--name',
  session: '--session',
  tokenTtlMs: '--expires',
}

function paramAdvice(message: string): readonly string[] | undefined {
  const [, param = ''] = /^invalid \S+ params: at \/(\w+): /.exec(message) ?? []
  const flag = FLAGS[param]
  return flag === undefined ? undefined : [`That is the value of ${flag}.`]
}

function missingScopeAdvice(scope: unknown): string {
  const name = typeof scope === 'string' ? cleanText(scope) : 'the scope'
  return `Run it on the host of the gateway without --url, or as a device whose token holds ${name}.`
}
