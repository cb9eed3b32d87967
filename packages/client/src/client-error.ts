/**
 * What went wrong here, on our side of the wire. A refusal of the gateway carries its own code
 * instead: `details.code`, or the error's `code` when there are no details (protocol facts 2 and 10).
 */
export const CLIENT_CODES = {
  UNREACHABLE: 'Nothing answered at the address, or what answered is no WebSocket.',
  TIMEOUT: 'The answer did not come in time.',
  CLOSED: 'The connection ended before the answer came.',
  PROTOCOL: 'What the other side sent, or was to be sent, is not the gateway protocol.',
  INVALID_URL: 'The address is no ws:// or wss:// URL.',
  PLAINTEXT_REFUSED: 'The address would carry the credentials over a network unencrypted.',
  INVALID_FINGERPRINT:
    'The TLS fingerprint is no SHA-256, or cannot be checked: no wss:// URL, or a browser.',
  TLS_FINGERPRINT: 'Another certificate than the pinned one was shown. Nothing was sent.',
  TLS_UNTRUSTED: 'The certificate is not trusted here, and none was pinned. Nothing was sent.',
  OWNER_PROOF: 'The program behind the socket does not hold the key of this gateway.',
  REQUEST_REJECTED: 'The pairing request was rejected or has expired.',
  FOREIGN_ORIGIN: 'The address belongs to another server, which must not get the token.',
  REDIRECTED: 'The answer leads elsewhere, and cannot be followed from here.',
  TOKEN_MISSING: 'The device has no token of this gateway.',
  SLOW_READER: 'Events came faster than they were read.',
  BROWSER_STORAGE: 'The browser keeps no key and no tokens for this page.',
  KEY_FILE: 'The file of the device key cannot be used.',
  TOKEN_FILE: 'The file of the device tokens cannot be used.',
} as const satisfies Record<string, string>

export type ClientCode = keyof typeof CLIENT_CODES

/** Of our own codes, those that another attempt may cure. */
const PASSING: readonly string[] = ['UNREACHABLE', 'TIMEOUT', 'CLOSED'] satisfies readonly ClientCode[]

/** The `error` of a response as it arrived: any gateway's, so the code is not from a closed list. */
export interface GatewayRefusal {
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly retryable?: boolean
  readonly retryAfterMs?: number
}

export interface ClientErrorFacts {
  readonly details?: Readonly<Record<string, unknown>>
  /** The top-level `error.code` when the gateway refused. */
  readonly errorCode?: string
  readonly closeCode?: number
  readonly closeReason?: string
  readonly retryable?: boolean
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/** Every failure of this room, except an abort, which throws the signal's own reason. */
export class ClientError extends Error {
  /** `details.code` of the gateway's refusal, or its `error.code`, or one of `CLIENT_CODES`. */
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>
  readonly errorCode: string | undefined
  readonly closeCode: number | undefined
  readonly closeReason: string | undefined
  readonly retryable: boolean
  /** Milliseconds; an attempt before that is refused again. */
  readonly retryAfterMs: number | undefined
  /** The pairing request that an operator has to decide. */
  readonly requestId: string | undefined

  constructor(code: string, message: string, facts: ClientErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    const details = facts.details ?? {}
    this.name = 'ClientError'
    this.code = code
    this.details = details
    this.errorCode = facts.errorCode
    this.closeCode = facts.closeCode
    this.closeReason = facts.closeReason
    this.retryable = facts.retryable ?? details['retryable'] === true
    this.retryAfterMs = facts.retryAfterMs ?? readDelay(details['retryAfterMs'])
    this.requestId = typeof details['requestId'] === 'string' ? details['requestId'] : undefined
  }

  /** Whether the same attempt may succeed later, without anybody changing anything. */
  shouldRetry(): boolean {
    if (this.retryable) return true
    if (this.code === 'UNREACHABLE') return mayPass(this.details['httpStatus'])
    return PASSING.includes(this.code) || this.errorCode === 'UNAVAILABLE'
  }
}

/** The gateway's refusal as our error. */
export function refusalError(refusal: GatewayRefusal): ClientError {
  const { code, message, details, retryable, retryAfterMs } = refusal
  const subCode = details?.['code']
  return new ClientError(typeof subCode === 'string' && subCode !== '' ? subCode : code, message, {
    errorCode: code,
    ...(details && { details }),
    ...(retryable !== undefined && { retryable }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

/** Whether `error` is ours and carries this code. */
export function hasCode(error: unknown, code: string): error is ClientError {
  return error instanceof ClientError && error.code === code
}

// An answer in the 4xx is about what we ask, and asking again changes nothing; 429 is about how often.
function mayPass(httpStatus: unknown): boolean {
  return typeof httpStatus !== 'number' || httpStatus === 429 || httpStatus >= 500
}

function readDelay(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
