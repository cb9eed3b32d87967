import { createPublicKey, type KeyObject, sign } from 'node:crypto'
import { days } from '@pairgate/protocol'
import { randomKey } from '../platform/node-random.ts'
import type { CertificateNames } from './certificate-names.ts'

/** As long as OpenClaw's own: every new certificate is one that pinned clients do not know. */
const LIFETIME_MS = days(3_650)
/** The clock of a client may be behind ours. */
const EARLIER_MS = days(1)
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
const COMMON_NAME = '2.5.4.3'

export interface CertificateOrder {
  /** An EC key on P-256: Chromium takes no Ed25519 certificates. */
  readonly key: KeyObject
  readonly names: CertificateNames
  readonly nowMs: number
}

/**
 * Makes a self-signed certificate (RFC 5280). It has no key usage, because it is its own issuer without
 * being an authority; whoever trusts it trusts this gateway and nothing that it could have signed.
 * @returns PEM.
 */
export async function makeCertificate({ key, names, nowMs }: CertificateOrder): Promise<string> {
  // Needed once in ten years, so no other start waits for it.
  const [{ AsnConvert, OctetString }, x509] = await Promise.all([
    import('@peculiar/asn1-schema'),
    import('@peculiar/asn1-x509'),
  ])
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const algorithm = new x509.AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 })
  const name = new x509.Name([
    new x509.RelativeDistinguishedName([
      new x509.AttributeTypeAndValue({
        type: COMMON_NAME,
        value: new x509.AttributeValue({ utf8String: 'Pairgate gateway' }),
      }),
    ]),
  ])
  const extension = (extnID: string, value: unknown, critical = false) =>
    new x509.Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })
  const body = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer: name,
    subject: name,
    validity: new x509.Validity({
      notBefore: new Date(nowMs - EARLIER_MS),
      notAfter: new Date(nowMs + LIFETIME_MS),
    }),
    subjectPublicKeyInfo: AsnConvert.parse(spki, x509.SubjectPublicKeyInfo),
    extensions: new x509.Extensions([
      extension(x509.id_ce_basicConstraints, new x509.BasicConstraints(), true),
      extension(x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage([x509.id_kp_serverAuth])),
      extension(
        x509.id_ce_subjectAltName,
        new x509.SubjectAlternativeName([
          ...names.dns.map((dNSName) => new x509.GeneralName({ dNSName })),
          ...names.ip.map((iPAddress) => new x509.GeneralName({ iPAddress })),
        ]),
      ),
    ]),
  })
  const signature = sign('sha256', new Uint8Array(AsnConvert.serialize(body)), key)
  const certificate = new x509.Certificate({
    tbsCertificate: body,
    signatureAlgorithm: algorithm,
    signatureValue: exactBytes(signature),
  })
  return pemOf(AsnConvert.serialize(certificate))
}

/** A positive number of 127 random bits. */
function serialNumber(): ArrayBuffer {
  const bytes = randomKey().slice(0, 16)
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f)
  return exactBytes(bytes)
}

/** A buffer may be a window on a bigger one. */
function exactBytes(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}

function pemOf(der: ArrayBuffer): string {
  const base64 = Buffer.from(der)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${base64}-----END CERTIFICATE-----\n`
}
