import { coversScopes, days } from '@pairgate/protocol'
import { type Finding, orFine } from './finding.ts'

/** A device as it is judged, whoever was asked for it. */
export interface DeviceFacts {
  readonly id: string
  readonly name: string | undefined
  readonly roles: readonly string[]
  /** What it was approved for. */
  readonly scopes: readonly string[]
  readonly lastSeenAtMs: number | undefined
  readonly tokens: readonly TokenFacts[]
}

export interface TokenFacts {
  readonly role: string
  readonly scopes: readonly string[]
  readonly opensEverySession: boolean
  readonly isRevoked: boolean
  /** The sooner of its deadline and that of a token which lies unused. */
  readonly expiresAtMs: number | undefined
  readonly usedAtMs: number
}

export interface DevicesContext {
  readonly nowMs: number
  /** Where the gateway keeps what makes its first owner, while it has none. */
  readonly openClaim: boolean
}

const UNUSED_MS = days(90)
const SOON_MS = days(7)
const MOST_NAMED = 5

/** Whether somebody may administer the gateway, and whether every token is what it should be. */
export function judgeDevices(
  devices: readonly DeviceFacts[],
  { nowMs, openClaim }: DevicesContext,
): readonly Finding[] {
  const standing = devices.flatMap((device) =>
    device.tokens.filter((token) => stands(token, nowMs)).map((token) => ({ device, token })),
  )
  const unused = standing.filter(
    ({ device, token }) => Math.max(device.lastSeenAtMs ?? 0, token.usedAtMs) < nowMs - UNUSED_MS,
  )
  const ending = standing.filter(({ token }) => (token.expiresAtMs ?? Infinity) < nowMs + SOON_MS)
  return [
    ...orFine('admin', 'There is one.', judgeAdmin(standing, openClaim)),
    ...named(unused, {
      check: 'devices-unused',
      level: 'note',
      what: 'Nobody has used these for 90 days',
      advice: ({ device }) => `openclaw devices remove ${device.id}`,
    }),
    ...named(ending, {
      check: 'tokens-ending',
      level: 'warn',
      what: 'These tokens run out within a week',
      advice: ({ device, token }) =>
        `openclaw devices extend ${device.id} --role ${token.role} --expires 90d`,
    }),
    ...named(standing.filter(isBeyondGrant), {
      check: 'tokens-grant',
      level: 'fail',
      what: 'These tokens hold more than their device was approved for',
      advice: ({ device, token }) => `openclaw devices revoke --device ${device.id} --role ${token.role}`,
    }),
  ]
}

interface Standing {
  readonly device: DeviceFacts
  readonly token: TokenFacts
}

function stands({ isRevoked, expiresAtMs }: TokenFacts, nowMs: number): boolean {
  return !isRevoked && (expiresAtMs === undefined || expiresAtMs > nowMs)
}

function isAdmin({ token }: Standing): boolean {
  return (
    token.role === 'operator' && token.opensEverySession && coversScopes(token.scopes, ['operator.admin'])
  )
}

function judgeAdmin(standing: readonly Standing[], openClaim: boolean): readonly Finding[] {
  if (standing.some(isAdmin)) return []
  if (openClaim) {
    const what = 'The gateway has no owner yet.'
    return [{ check: 'admin', level: 'note', what, advice: 'openclaw pair --claim' }]
  }
  return [
    {
      check: 'admin',
      level: 'warn',
      what: 'No device may administer the gateway; only its own host can.',
      advice:
        'On the device: openclaw connect --scope operator.admin, and on this host: openclaw devices approve <request id>',
    },
  ]
}

function isBeyondGrant({ device, token }: Standing): boolean {
  if (!device.roles.includes(token.role)) return true
  if (token.role !== 'operator') return false
  const isCovered = coversScopes(device.scopes, token.scopes)
  return !isCovered || (token.opensEverySession && !coversScopes(token.scopes, ['operator.admin']))
}

interface Naming extends Pick<Finding, 'check' | 'level' | 'what'> {
  readonly advice: (first: Standing) => string
}

/** One finding for all of a kind: a gateway may have thousands of devices. */
function named(found: readonly Standing[], { check, level, what, advice }: Naming): readonly Finding[] {
  const [first] = found
  if (!first) return [{ check, level: 'ok', what: 'None.' }]
  const names = found.slice(0, MOST_NAMED).map(({ device, token }) => `${nameOf(device)} (${token.role})`)
  const more = found.length > MOST_NAMED ? ` and ${found.length - MOST_NAMED} more` : ''
  return [{ check, level, what: `${what}: ${names.join(', ')}${more}.`, advice: advice(first) }]
}

function nameOf({ id, name }: DeviceFacts): string {
  return name === undefined ? id.slice(0, 8) : `${name} ${id.slice(0, 8)}`
}
