import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ConfigError } from '../config/config-error.ts'
import type { TlsConfig } from '../config/gateway-config.ts'

export interface TlsMaterial {
  readonly cert: string
  readonly key: string
}

/** Reads certificate and key, and checks that they belong together. Throws `ConfigError` naming the file. */
export function loadTls({ cert: certFile, key: keyFile }: TlsConfig): TlsMaterial {
  const cert = readPem('gateway.tls.cert', certFile)
  const key = readPem('gateway.tls.key', keyFile)
  const certificate = attempt(() => new X509Certificate(cert))
  if (!certificate) throw unusable('gateway.tls.cert', certFile, 'holds no PEM certificate')
  const privateKey = attempt(() => createPrivateKey(key))
  if (!privateKey) throw unusable('gateway.tls.key', keyFile, 'holds no PEM private key without a passphrase')
  if (!certificate.checkPrivateKey(privateKey)) {
    throw unusable('gateway.tls.key', keyFile, `is not the key of the certificate in ${certFile}`)
  }
  return { cert, key }
}

function readPem(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw unusable(setting, file, `cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function unusable(setting: string, file: string, what: string): ConfigError {
  return new ConfigError(`The file of ${setting}, ${file}, ${what}. Name a file that fits.`)
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
