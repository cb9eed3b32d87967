import { createPrivateKey, hash, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import type { TlsPin } from '@pairgate/protocol'

/** What a TLS server shows, with what people and clients want to know of it. */
export interface TlsMaterial {
  /** PEM, the server's own certificate first. */
  readonly cert: string
  /** PEM, without a passphrase. */
  readonly key: string
  /** SHA-256 of the certificate: what clients of OpenClaw pin. */
  readonly fingerprint: TlsPin
  /** SHA-256 of its public key (DER of SubjectPublicKeyInfo), which outlives the certificate. */
  readonly keyFingerprint: TlsPin
  /** Milliseconds since the epoch. */
  readonly notAfterMs: number
  /** No authority vouches for it, so that only who pins it can trust it. */
  readonly isSelfSigned: boolean
}

/** Why a certificate and a key cannot be used together, and which of the two it is about. */
export interface TlsFault {
  readonly about: 'cert' | 'key'
  readonly what: string
}

/** Checks that certificate and key are whole and belong together, before any handshake depends on it. */
export function checkTlsPair(cert: string, key: string): TlsMaterial | TlsFault {
  const certificate = attempt(() => new X509Certificate(cert))
  if (!certificate) return { about: 'cert', what: 'holds no PEM certificate' }
  const privateKey = attempt(() => createPrivateKey(key))
  if (!privateKey) return { about: 'key', what: 'holds no PEM private key without a passphrase' }
  if (!certificate.checkPrivateKey(privateKey))
    return { about: 'key', what: 'is not the key of the certificate' }
  // Finds what is wrong further down in the chain.
  if (!attempt(() => createSecureContext({ cert, key })))
    return { about: 'cert', what: 'holds a certificate chain that TLS cannot use' }
  return {
    cert,
    key,
    fingerprint: pinOf(certificate.raw),
    keyFingerprint: keyPinOf(certificate.publicKey),
    notAfterMs: certificate.validToDate.getTime(),
    isSelfSigned: certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey),
  }
}

/** SHA-256 of a public key, which outlives its certificates. */
export function keyPinOf(key: KeyObject): TlsPin {
  return pinOf(key.export({ format: 'der', type: 'spki' }))
}

function pinOf(der: Uint8Array): TlsPin {
  return hash('sha256', der, 'hex') as TlsPin
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
