import { ClientError } from '../client-error.ts'

/** The error of a pin that a page is to check: browsers show pages no certificate. */
export function cannotPin(): ClientError {
  return new ClientError(
    'INVALID_FINGERPRINT',
    'A browser shows no page the certificate, so no TLS fingerprint.',
  )
}
