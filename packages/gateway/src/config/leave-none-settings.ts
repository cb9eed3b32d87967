import type { LeaveNone } from '@pairgate/core'
import { days, parseInstant } from '@pairgate/protocol'
import { Type } from 'typebox'
import { ConfigError } from './config-error.ts'
import type { ConfigRow } from './config-row.ts'

const Day = Type.String({ minLength: 10, maxLength: 32 })
const ALLOWED = 'a day such as 2026-12-01 (in UTC), or a moment with its zone such as 2026-12-01T09:00+01:00'

function dayFault(text: string): string | undefined {
  return parseInstant(text) === undefined ? `"${text}" is no such time` : undefined
}

/** The way out of mode `none`; rows of the one table of settings. */
export const LEAVE_NONE_SETTINGS = {
  'gateway.auth.leaveNone.observe': {
    schema: Day,
    default: undefined,
    description:
      'In mode "none": from when on whoever is let in without a pairing is written down, and gets neither `operator.admin` nor `operator.pairing`.',
    allowed: ALLOWED,
    applies: 'live',
    fault: dayFault,
  },
  'gateway.auth.leaveNone.warn': {
    schema: Day,
    default: undefined,
    description: 'In mode "none": from when on each of them is told, and logged, until when it is let in.',
    allowed: ALLOWED,
    applies: 'live',
    fault: dayFault,
  },
  'gateway.auth.leaveNone.enforce': {
    schema: Day,
    default: undefined,
    description: 'In mode "none": from when on only paired devices get in, as in mode "pairing".',
    allowed: ALLOWED,
    applies: 'live',
    fault: dayFault,
  },
} as const satisfies Record<string, ConfigRow>

type Said = { readonly [K in keyof typeof LEAVE_NONE_SETTINGS]: string | undefined }

/** Nobody gets to know a door that stands open for a year as one that is being shut. */
const LONGEST_MS = days(90)

/** How all three are set at once. */
export const SET_DATES =
  'openclaw config set gateway.auth.leaveNone \'{observe: "<day>", warn: "<day>", enforce: "<day>"}\''

/** The three dates, or none of them. Throws `ConfigError`. */
export function leaveNoneOf(said: Said): LeaveNone | undefined {
  const [observe, warn, enforce] = [
    said['gateway.auth.leaveNone.observe'],
    said['gateway.auth.leaveNone.warn'],
    said['gateway.auth.leaveNone.enforce'],
  ].map((text) => (text === undefined ? undefined : parseInstant(text)))
  if (observe === undefined && warn === undefined && enforce === undefined) return undefined
  if (observe === undefined || warn === undefined || enforce === undefined)
    throw new ConfigError(
      `gateway.auth.leaveNone needs all of its three dates: observe, warn and enforce. Set them together: ${SET_DATES}`,
    )
  if (observe > warn || warn > enforce)
    throw new ConfigError(
      'The dates of gateway.auth.leaveNone are out of order. Use observe, then warn, then enforce; two may be the same.',
    )
  if (enforce - observe > LONGEST_MS)
    throw new ConfigError(
      'gateway.auth.leaveNone would let everybody in for more than 90 days. Set enforce to an earlier day, or observe to a later one.',
    )
  return { observe, warn, enforce }
}
