import { readFile } from 'node:fs/promises'
import { ConfigError } from '../config/config-error.ts'
import type { TlsFiles } from '../config/gateway-config.ts'
import { checkTlsPair, type TlsMaterial } from './tls-material.ts'

/** The text of both files, read one right after the other. */
export interface TlsTexts {
  readonly cert: string
  readonly key: string
}

/** Throws `ConfigError` naming the file. */
export async function readTlsTexts(files: TlsFiles): Promise<TlsTexts> {
  const [cert, key] = await Promise.all([readPem('cert', files), readPem('key', files)])
  return { cert, key }
}

/** Throws `ConfigError` naming the file that is to blame. */
export function tlsMaterialOf({ cert, key }: TlsTexts, files: TlsFiles): TlsMaterial {
  const checked = checkTlsPair(cert, key)
  if ('what' in checked) throw unusable(checked.about, files, checked.what)
  return checked
}

async function readPem(about: 'cert' | 'key', files: TlsFiles): Promise<string> {
  try {
    return await readFile(files[about], 'utf8')
  } catch (error) {
    throw unusable(about, files, `cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function unusable(about: 'cert' | 'key', files: TlsFiles, what: string): ConfigError {
  const other = what.endsWith('of the certificate') ? ` in ${files.cert}` : ''
  return new ConfigError(
    `The file of gateway.tls.${about}, ${files[about]}, ${what}${other}. Name a file that fits.`,
  )
}
