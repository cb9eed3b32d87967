import type { Paired, PendingPairing } from '@pairgate/client'
import { coversScopes } from '@pairgate/protocol'
import { formatExpiry } from '../output/age.ts'
import { cleanText } from '../output/clean-text.ts'
import { bold, green } from '../output/paint.ts'
import { printJsonLine } from '../output/print-json.ts'
import { systemNow } from '../platform/system-clock.ts'

/** What `openclaw connect` says on its way: sentences for people, one JSON line each for programs. */
export interface ConnectReport {
  pending(pending: PendingPairing): void
  tokenRefused(): void
  paired(paired: Paired, facts: PairedFacts): void
}

export interface PairedFacts {
  /** The request that an operator approved, if it took one. */
  readonly requestId: string | undefined
  readonly asked: readonly string[]
}

export function createConnectReport(json: boolean): ConnectReport {
  return json ? jsonReport() : humanReport()
}

function jsonReport(): ConnectReport {
  return {
    pending({ requestId, fingerprint, expiresAtMs, authReason }) {
      printJsonLine({ event: 'pending', requestId, fingerprint, expiresAtMs, authReason })
    },
    tokenRefused() {
      printJsonLine({ event: 'token-refused' })
    },
    paired({ deviceId, role, scopes, session, expiresAtMs }, { requestId }) {
      printJsonLine({
        deviceId,
        role,
        scopes,
        session: session ?? null,
        expiresAtMs: expiresAtMs ?? null,
        requestId,
      })
    },
  }
}

const OPENINGS: Readonly<Record<string, string>> = {
  'scope-upgrade': 'This device asks for more scopes than it has. An operator has to decide.',
  'role-upgrade': 'This device asks for a role that it does not have. An operator has to decide.',
  token_expired: 'The token of this device has expired. An operator has to renew it.',
  token_lost: 'This device was let in before, but has no token of it. An operator has to give it again.',
}

function humanReport(): ConnectReport {
  return {
    pending({ requestId, fingerprint, expiresAtMs, reason, authReason }) {
      const id = cleanText(requestId)
      say([
        OPENINGS[authReason ?? reason] ?? 'An operator has to let this device in.',
        '',
        `  Request:     ${id}`,
        `  Fingerprint: ${bold(fingerprint)}`,
        ...(expiresAtMs === undefined ? [] : [`  Expires:     ${formatExpiry(expiresAtMs, systemNow())}`]),
        '',
        'On the gateway, compare the six words and run:',
        `  openclaw devices approve ${id}`,
        '',
      ])
    },
    tokenRefused() {
      say([
        'The token of this device is not valid any more: it was revoked or replaced. Asking again as new.',
      ])
    },
    paired({ deviceId, role, scopes, session, expiresAtMs }, { asked }) {
      const missing = asked.filter((scope) => !coversScopes(scopes, [scope]))
      say([
        green('This device is paired.'),
        `  Device ID: ${deviceId}`,
        `  Role:      ${cleanText(role)}`,
        `  Scopes:    ${cleanText(scopes.join(', ') || 'none', 1_000)}`,
        ...(missing.length > 0 ? [`  Not given: ${missing.join(', ')}`] : []),
        ...(session === undefined ? [] : [`  Session:   ${cleanText(session)}`]),
        `  Expires:   ${formatExpiry(expiresAtMs, systemNow())}`,
      ])
    },
  }
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
