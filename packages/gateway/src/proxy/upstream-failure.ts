import { type ProxyRefusal, REFUSALS } from './proxy-refusal.ts'

/** Of an upstream that took longer than its `timeouts` allow. */
export const LATE = 'UPSTREAM_LATE'

/** Of one that hung up, or went over to another protocol, without an answer. */
export const NO_ANSWER = 'UPSTREAM_NO_ANSWER'

/** A status that nobody can pass on as the end of an exchange: news, and what is none at all. */
export function isNoAnswer({ statusCode = 0 }: { readonly statusCode?: number | undefined }): boolean {
  return statusCode < 200
}

/** What its clients are told of an upstream that failed with this code. */
export function refusalOf(code: string): ProxyRefusal {
  if (isUntrusted(code)) return REFUSALS.untrusted
  if (LATE_CODES.has(code)) return REFUSALS.late
  return /^E[A-Z]/.test(code) ? REFUSALS.unreachable : REFUSALS.brokenAnswer
}
const LATE_CODES: ReadonlySet<string> = new Set([LATE, 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT'])

/** Whether it is its certificate that was not accepted: the codes of OpenSSL's checks, and of the name. */
export function isUntrusted(code: string): boolean {
  return UNTRUSTED.test(code)
}
const UNTRUSTED =
  /^(?:ERR_TLS_CERT_|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_CERT_|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH_)/
