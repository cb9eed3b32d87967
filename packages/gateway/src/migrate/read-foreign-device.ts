import { isIP } from 'node:net'
import { type Crypto, type ForeignDevice, type ForeignGrant, tidyMetadata } from '@pairgate/core'
import {
  encodeBase64Url,
  type Instant,
  meetScopes,
  parseDeviceId,
  parseForeignSecret,
  parsePublicKey,
  parseRole,
  parseScope,
  type Role,
  type Scope,
} from '@pairgate/protocol'
import type { LeftOut, RawRow } from './foreign-state.ts'
import { isRow } from './read-files.ts'
import type { Skipped, SkipReason } from './skip-reasons.ts'

export interface ReadDeviceDeps {
  readonly crypto: Pick<Crypto, 'deviceIdOf' | 'hashToken'>
  /** Nothing there happened later. */
  readonly now: Instant
}

export interface ReadDevice {
  readonly device: ForeignDevice | undefined
  readonly skipped: readonly Skipped[]
  readonly leftOut: readonly LeftOut[]
}

/** All that an entry of OpenClaw's may hold; a field beyond may mean that it is over. */
const TOKEN_FIELDS = [
  'token',
  'role',
  'scopes',
  'issuer',
  'createdAtMs',
  'rotatedAtMs',
  'revokedAtMs',
  'lastUsedAtMs',
]
/** Its pages' tokens die with the shared secret, or are refused by 2026.9 itself. */
const PAGES = ['openclaw-control-ui', 'webchat-ui']
const MOST_LABEL_LETTERS = 64

/** Reads one row. Whatever is not as it must be is left behind with a reason, the rest is taken. */
export function readForeignDevice({ crypto, now }: ReadDeviceDeps, row: RawRow): ReadDevice {
  const said = textOf(row['deviceId'] ?? row['key']) ?? ''
  const id = parseDeviceId(said.trim().toLowerCase())
  const skip = (reason: SkipReason, role?: string): Skipped => ({ deviceId: said, role, reason })
  const alone = (reason: SkipReason) => ({ device: undefined, skipped: [skip(reason)], leftOut: [] })
  if (!id) return alone(said === '' ? 'unreadable' : 'bad-id')
  const key = parsePublicKey(textOf(row['publicKey']) ?? '')
  if (key?.length !== 32) return alone('bad-key')
  if (crypto.deviceIdOf(key) !== id) return alone('id-mismatch')
  const tokens = row['tokens']
  if (tokens === undefined || (isRow(tokens) && Object.keys(tokens).length === 0)) return alone('no-token')
  if (!isRow(tokens)) return alone('unreadable')

  const scopes = readScopes(row['approvedScopes'] ?? row['scopes']).known
  const read = Object.entries(tokens).map(([role, entry]) =>
    readGrant({ crypto, now }, { row, scopes }, role, entry),
  )
  const skipped = read.flatMap(({ role, grant }) => (typeof grant === 'string' ? [skip(grant, role)] : []))
  const grants = read.flatMap(({ grant }) => (typeof grant === 'string' ? [] : [grant]))
  const leftOut = read.flatMap(({ role, unknown }) =>
    unknown.length === 0 ? [] : [{ deviceId: id, role, scopes: unknown }],
  )
  if (grants.length === 0) return { device: undefined, skipped, leftOut }
  const device = { id, publicKey: encodeBase64Url(key), scopes, grants, ...factsOf(row, now) }
  return { device, skipped, leftOut }
}

function factsOf(row: RawRow, now: Instant) {
  const lastSeenIp = textOf(row['remoteIp'])
  return {
    metadata: tidyMetadata({
      displayName: textOf(row['displayName']),
      platform: textOf(row['platform']),
      deviceFamily: textOf(row['deviceFamily']),
      clientId: textOf(row['clientId']),
      clientMode: textOf(row['clientMode']),
    }),
    label: labelOf(textOf(row['operatorLabel'])),
    pairedAt: momentOf(row['createdAtMs'], now) ?? now,
    lastSeenAt: momentOf(row['lastSeenAtMs'], now),
    lastSeenIp: lastSeenIp !== undefined && isIP(lastSeenIp) !== 0 ? lastSeenIp : undefined,
  }
}

function labelOf(text: string | undefined): string | undefined {
  const { displayName } = tidyMetadata({ ...NO_WORDS, displayName: text })
  return displayName === undefined ? undefined : [...displayName].slice(0, MOST_LABEL_LETTERS).join('').trim()
}
const NO_WORDS = {
  platform: undefined,
  deviceFamily: undefined,
  clientId: undefined,
  clientMode: undefined,
}

interface ReadGrant {
  readonly role: string
  readonly grant: ForeignGrant | SkipReason
  readonly unknown: readonly string[]
}
interface Approved {
  readonly row: RawRow
  readonly scopes: readonly Scope[]
}

function readGrant(deps: ReadDeviceDeps, approved: Approved, name: string, entry: unknown): ReadGrant {
  const role = parseRole(name)
  const no = (reason: SkipReason): ReadGrant => ({ role: name, grant: reason, unknown: [] })
  if (!role) return no('unknown-role')
  if (!isRow(entry) || (entry['role'] ?? name) !== name) return no('unreadable')
  if (Object.keys(entry).some((field) => !TOKEN_FIELDS.includes(field))) return no('unknown-field')
  // `null` and 0 are "never" there; anything else is a token that somebody ended.
  if (entry['revokedAtMs']) {
    const revokedAt = momentOf(entry['revokedAtMs'], deps.now) ?? deps.now
    return { role: name, grant: { state: 'revoked', role, revokedAt }, unknown: [] }
  }
  if (!rolesOf(approved.row).includes(name)) return no('role-not-approved')
  if (entry['issuer'] !== undefined && entry['issuer'] !== null) return no('bound-token')
  if (isPage(approved.row)) return no('page-token')
  const secret = parseForeignSecret(textOf(entry['token']) ?? '')
  if (!secret) return no('bad-token')
  const { known, unknown } = readScopes(entry['scopes'])
  const scopes = scopesFor(role, approved.scopes, known)
  const secretHash = deps.crypto.hashToken(secret)
  return { role: name, grant: { state: 'live', role, scopes, secretHash }, unknown }
}

/** What was approved is the ceiling, as it was there; nodes have no scopes. */
function scopesFor(role: Role, approved: readonly Scope[], held: readonly Scope[]): readonly Scope[] {
  return role === 'operator' ? meetScopes(approved, held) : []
}

function rolesOf(row: RawRow): readonly unknown[] {
  return Array.isArray(row['roles']) ? row['roles'] : [row['role']]
}

function isPage(row: RawRow): boolean {
  const word = (name: string) => (textOf(row[name]) ?? '').trim().toLowerCase()
  return word('clientMode') === 'webchat' || PAGES.includes(word('clientId'))
}

function readScopes(list: unknown): {
  readonly known: readonly Scope[]
  readonly unknown: readonly string[]
} {
  const texts = Array.isArray(list) ? list.filter((text) => typeof text === 'string') : []
  const words = [...new Set(texts.map((text) => text.trim()))]
  return {
    known: words.map(parseScope).filter((scope) => scope !== undefined),
    unknown: words.filter((word) => parseScope(word) === undefined),
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function momentOf(value: unknown, now: Instant): Instant | undefined {
  const isMoment = typeof value === 'number' && Number.isSafeInteger(value) && value > 0
  return isMoment ? (Math.min(value, now) as Instant) : undefined
}
