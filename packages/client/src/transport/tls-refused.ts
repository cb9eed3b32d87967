import type { TlsPin } from '@pairgate/protocol'
import { ClientError } from '../client-error.ts'
import { PinnedCertificateError } from './connect-pinned.ts'

/** What Node.js says of certificates that it does not trust (OpenSSL's names for the reasons). */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** @returns the error of a certificate that was not accepted; `undefined` for any other failure. */
export function tlsRefused(
  cause: Error & { readonly code?: string },
  name: string,
  pinned: TlsPin | undefined,
): ClientError | undefined {
  if (cause instanceof PinnedCertificateError) {
    const message = `The certificate at ${name} is not the pinned one. Nothing was sent.`
    const details = { gateway: name, pinned, shown: cause.shown }
    return new ClientError('TLS_FINGERPRINT', message, { details, cause })
  }
  if (cause.code === undefined || !UNTRUSTED.has(cause.code)) return undefined
  const message = `The certificate at ${name} is not trusted by this machine (${cause.code}). Nothing was sent.`
  return new ClientError('TLS_UNTRUSTED', message, { details: { gateway: name, cause: cause.code }, cause })
}
