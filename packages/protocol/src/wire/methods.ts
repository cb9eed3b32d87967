import type { Static } from 'typebox'
import { type Audience, PROTOCOL_VERSION } from './protocol-version.ts'
import { APP_METHODS } from './rows/app-methods.ts'
import { AUDIT_METHODS } from './rows/audit-methods.ts'
import { CONSOLE_METHODS } from './rows/console-methods.ts'
import { DEVICE_METHODS } from './rows/device-methods.ts'
import { GATEWAY_METHODS } from './rows/gateway-methods.ts'
import { INVITATION_METHODS } from './rows/invitation-methods.ts'
import type { MethodRow } from './rows/method-row.ts'
import { MIGRATE_METHODS } from './rows/migrate-methods.ts'
import { SESSION_METHODS } from './rows/session-methods.ts'
import { SETUP_METHODS } from './rows/setup-methods.ts'

/**
 * Every method of the gateway, once: authorization, validation, `features.methods` and the
 * documentation are all read from here. What is not in this table is refused.
 */
export const METHODS = {
  ...GATEWAY_METHODS,
  ...DEVICE_METHODS,
  ...INVITATION_METHODS,
  ...SETUP_METHODS,
  ...AUDIT_METHODS,
  ...SESSION_METHODS,
  ...CONSOLE_METHODS,
  ...APP_METHODS,
  ...MIGRATE_METHODS,
} as const satisfies Record<string, MethodRow>

export type MethodName = keyof typeof METHODS
export type MethodParams<M extends MethodName> = Static<(typeof METHODS)[M]['params']>
export const METHOD_NAMES = Object.keys(METHODS) as readonly MethodName[]

/** Our own clients: every method is for them. */
const OWN_CLIENT: Audience = { protocol: PROTOCOL_VERSION, extended: true }

/** The methods that a client is told of; all of them are served. */
export function methodNames(audience: Audience): readonly MethodName[] {
  return METHOD_NAMES.filter((name) => isFor(name, audience) && !isUnlisted(name))
}

/** @returns the method's name, or `undefined` for one that is not in the table, or not for such a client. */
export function parseMethod(text: string, audience = OWN_CLIENT): MethodName | undefined {
  if (!Object.hasOwn(METHODS, text)) return undefined
  const name = text as MethodName
  return isFor(name, audience) ? name : undefined
}

function isUnlisted(name: MethodName): boolean {
  const row: MethodRow = METHODS[name]
  return row.unlisted === true
}

function isFor(name: MethodName, { protocol, extended }: Audience): boolean {
  const row: MethodRow = METHODS[name]
  return (extended || row.extended !== true) && (row.since ?? 0) <= protocol
}
