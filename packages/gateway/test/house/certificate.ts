import { generateKeyPairSync, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SEQUENCE = 0x30
const SET = 0x31
const ED25519 = Buffer.from('300506032b6570', 'hex')
const COMMON_NAME = Buffer.from('0603550403', 'hex')
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex')

export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

const FAR_FUTURE = new Date('2099-12-31T23:59:59Z')

export interface CertificateFacts {
  readonly notAfter?: Date | undefined
  /** Instead of `localhost` and 127.0.0.1. */
  readonly dnsName?: string | undefined
}

/** Writes a self-signed certificate for `localhost` and 127.0.0.1, and its key, as PEM files. */
export function writeCertificate(dir: string, name: string, facts: CertificateFacts = {}): CertificateFiles {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const body = certificateBody(publicKey.export({ format: 'der', type: 'spki' }), facts)
  const signature = sign(null, body, privateKey)
  const der = element(SEQUENCE, body, ED25519, element(0x03, Buffer.of(0), signature))

  const paths = { cert: join(dir, `${name}.pem`), key: join(dir, `${name}.key`) }
  const base64 = der.toString('base64').replace(/.{64}/g, '$&\n')
  writeFileSync(paths.cert, `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`)
  writeFileSync(paths.key, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
  return paths
}

/** RFC 5280 section 4.1, with the name of RFC 8410 for the key. */
function certificateBody(publicKey: Buffer, { notAfter = FAR_FUTURE, dnsName }: CertificateFacts): Buffer {
  const version3 = element(0xa0, element(0x02, Buffer.of(2)))
  const serial = element(0x02, Buffer.of(1))
  const name = element(
    SEQUENCE,
    element(SET, element(SEQUENCE, COMMON_NAME, element(0x0c, Buffer.from('localhost')))),
  )
  const validity = element(
    SEQUENCE,
    time('20200101000000Z'),
    time(`${notAfter.toISOString().replace(/[-:T]|\..*/g, '')}Z`),
  )
  const names = element(
    SEQUENCE,
    ...(dnsName === undefined
      ? [element(0x82, Buffer.from('localhost')), element(0x87, Buffer.of(127, 0, 0, 1))]
      : [element(0x82, Buffer.from(dnsName))]),
  )
  const extension = element(SEQUENCE, SUBJECT_ALT_NAME, element(0x04, names))
  const extensions = element(0xa3, element(SEQUENCE, extension))
  return element(SEQUENCE, version3, serial, ED25519, name, validity, name, publicKey, extensions)
}

function time(text: string): Buffer {
  return element(0x18, Buffer.from(text))
}

/** DER: tag, length, content. */
function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const size = content.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
