import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { days } from '@pairgate/protocol'
import type { StatePaths } from '../config/state-dir.ts'
import { readStateText, writePrivateText } from '../state/private-text.ts'
import { StateError } from '../state/state-error.ts'
import { type CertificateNames, namesAll } from './certificate-names.ts'
import { makeCertificate } from './make-certificate.ts'
import { checkTlsPair, type TlsMaterial } from './tls-material.ts'

/** Long before clients begin to refuse it, also on a gateway that is seldom started. */
const RENEW_BEFORE_MS = days(30)

export interface OwnCertificateDeps {
  readonly paths: Pick<StatePaths, 'tlsKey' | 'tlsCertificate'>
  /** What a new certificate is made for. */
  readonly names: () => CertificateNames
  readonly allowedHosts: () => readonly string[]
  readonly wallMs: () => number
}

/** The gateway's own certificate: made on first use, and again when it must be, always with the same key. */
export interface OwnCertificate {
  /** Out of the files, made where there is none that serves. Throws `StateError`. */
  open(): Promise<TlsMaterial>
  /** Whether another certificate is due: it runs out, or a configured name is missing in it. */
  isDue(material: TlsMaterial): boolean
  /** Makes one with the key of this one and writes it down first. */
  renew(material: TlsMaterial): Promise<TlsMaterial>
}

export function createOwnCertificate(deps: OwnCertificateDeps): OwnCertificate {
  const { paths, names, allowedHosts, wallMs } = deps

  async function make(key: string): Promise<TlsMaterial> {
    const cert = await makeCertificate({ key: createPrivateKey(key), names: names(), nowMs: wallMs() })
    const made = checkTlsPair(cert, key)
    if ('what' in made) throw new Error(`the certificate that was just made ${made.what}`)
    await writePrivateText(paths.tlsCertificate, cert)
    return made
  }

  function isDue({ cert, notAfterMs }: TlsMaterial): boolean {
    return notAfterMs - wallMs() < RENEW_BEFORE_MS || !namesAll(new X509Certificate(cert), allowedHosts())
  }

  return {
    isDue,
    renew: ({ key }) => make(key),
    async open() {
      const key = (await readStateText(paths.tlsKey)) ?? (await makeKey(paths.tlsKey))
      if (!isUsableKey(key)) throw damagedKey(paths.tlsKey)
      const cert = await readStateText(paths.tlsCertificate)
      const found = cert === undefined ? undefined : checkTlsPair(cert, key)
      // Whatever else lies in the place of the certificate is of no use: the key is what counts.
      if (!found || 'what' in found || isDue(found)) return make(key)
      return found
    },
  }
}

async function makeKey(path: string): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  await writePrivateText(path, pem)
  return pem
}

function isUsableKey(pem: string): boolean {
  try {
    const key: KeyObject = createPrivateKey(pem)
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
  } catch {
    return false
  }
}

function damagedKey(path: string): StateError {
  return new StateError(
    `${path} holds no private key on the curve P-256. Put it back from where it was kept. ` +
      'Without one, move the file away: a new key is made at the next start, and every client that pinned this gateway has to be told the new fingerprint.',
  )
}
