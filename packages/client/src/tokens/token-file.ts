import { isRecord, readCount } from '../received-frame.ts'
import type { StoredToken } from './token-store.ts'

/** One token with the three words under which it is kept. */
export interface TokenEntry extends StoredToken {
  readonly gateway: string
  readonly deviceId: string
  readonly role: string
}

const VERSION = 1

/** @returns `undefined` when the text is not a token file of ours, whole and of this version. */
export function parseTokenFile(text: string): readonly TokenEntry[] | undefined {
  const file = parseJson(text)
  if (!isRecord(file) || file['version'] !== VERSION || !Array.isArray(file['tokens'])) return undefined
  const entries = file['tokens'].map(parseEntry)
  return entries.every((entry) => entry !== undefined) ? entries : undefined
}

export function formatTokenFile(tokens: readonly TokenEntry[]): string {
  return `${JSON.stringify({ version: VERSION, tokens }, undefined, 2)}\n`
}

function parseEntry(value: unknown): TokenEntry | undefined {
  if (!isRecord(value)) return undefined
  const { gateway, deviceId, role, token, scopes, session, tlsFingerprint } = value
  if (typeof gateway !== 'string' || typeof deviceId !== 'string' || typeof role !== 'string')
    return undefined
  if (typeof token !== 'string' || !Array.isArray(scopes)) return undefined
  const expiresAtMs = readCount(value['expiresAtMs'])
  const issuedAtMs = readCount(value['issuedAtMs'])
  return {
    gateway,
    deviceId,
    role,
    token,
    scopes: scopes.filter((scope) => typeof scope === 'string'),
    ...(typeof session === 'string' && { session }),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
    ...(issuedAtMs !== undefined && { issuedAtMs }),
    ...(typeof tlsFingerprint === 'string' && { tlsFingerprint }),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
