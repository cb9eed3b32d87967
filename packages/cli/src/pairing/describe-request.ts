import { coversScopes, fingerprintWords, parseDeviceId } from '@pairgate/protocol'
import type { PairedRow, PendingRow } from '@pairgate/protocol/wire'
import { formatAge, formatExpiry } from '../output/age.ts'
import { cleanText } from '../output/clean-text.ts'

export interface Rights {
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
}

/** What an approval would change, in the words of OpenClaw (cli fact 2). */
export interface ApprovalState {
  readonly kind: 'new-pairing' | 'scope-upgrade' | 'role-upgrade' | 're-approval'
  readonly requested: Rights
  readonly approved: Rights | null
}

const NOTES = {
  'new-pairing': 'First-time device pairing request.',
  'scope-upgrade': 'A paired device asks for more scopes than it has.',
  'role-upgrade': 'A known device asks for a role that it does not have.',
  're-approval': 'A paired device asks again for what it was given before.',
} as const satisfies Record<ApprovalState['kind'], string>

export function approvalState(row: PendingRow, paired: PairedRow | undefined): ApprovalState {
  const requested = { roles: row.roles, scopes: shownScopes(row.scopes) }
  if (!paired) return { kind: 'new-pairing', requested, approved: null }
  const approved = { roles: paired.roles, scopes: paired.scopes }
  const hasRoles = row.roles.every((role) => paired.roles.includes(role))
  const hasScopes = coversScopes(paired.scopes, row.scopes)
  const kind = !hasRoles ? 'role-upgrade' : hasScopes ? 're-approval' : 'scope-upgrade'
  return { kind, requested, approved }
}

/** Scopes as lists show them: admin brings write, write brings read. */
export function shownScopes(scopes: readonly string[]): readonly string[] {
  const shown = new Set(scopes)
  if (shown.has('operator.admin')) shown.add('operator.write')
  if (shown.has('operator.write')) shown.add('operator.read')
  return [...shown].sort()
}

/** `roles: operator; scopes: operator.read`, or `none`. */
export function formatRights(rights: Rights | null): string {
  if (rights === null) return 'none'
  const roles = `roles: ${rights.roles.join(', ') || 'none'}`
  return cleanText(rights.scopes.length > 0 ? `${roles}; scopes: ${rights.scopes.join(', ')}` : roles, 1_000)
}

/** `scope upgrade, repair`. */
export function formatStatus(row: PendingRow, state: ApprovalState): string {
  const status = state.kind === 're-approval' ? state.kind : state.kind.replace('-', ' ')
  return row.isRepair ? `${status}, repair` : status
}

export function pendingName(row: PendingRow): string {
  return cleanText(row.displayName ?? row.deviceId)
}

export function pairedName(row: PairedRow): string {
  return cleanText(row.operatorLabel ?? row.displayName ?? row.clientId ?? row.deviceId)
}

/**
 * The six words of a device, made here from its id: what another program says about a key proves nothing.
 */
export function wordsOf(deviceId: string): string {
  const id = parseDeviceId(deviceId)
  return id ? fingerprintWords(id) : 'none: this is no device id'
}

/** The few lines of a preview, as OpenClaw prints them. */
export function previewLines(row: PendingRow, state: ApprovalState): readonly string[] {
  return [
    `Selected pending device request ${cleanText(row.requestId)}`,
    `  Device: ${pendingName(row)}`,
    `  Requested: ${formatRights(state.requested)}`,
    ...(row.remoteIp === undefined ? [] : [`  IP:     ${cleanText(row.remoteIp)}`]),
    `  Note:   ${NOTES[state.kind]}`,
  ]
}

/** Everything that an operator should compare before saying yes. */
export function requestLines(row: PendingRow, paired: PairedRow | undefined, now: number): readonly string[] {
  const state = approvalState(row, paired)
  return [
    `Request:     ${cleanText(row.requestId)}`,
    `Device:      ${pendingName(row)}`,
    `Device ID:   ${cleanText(row.deviceId)}`,
    `Fingerprint: ${wordsOf(row.deviceId)}`,
    ...(paired ? [`Known as:    ${pairedName(paired)}`] : []),
    `Platform:    ${cleanText([row.platform, row.deviceFamily, row.clientId].filter(Boolean).join(' · ') || 'unknown')}`,
    `Requested:   ${formatRights(state.requested)}`,
    `Approved:    ${formatRights(state.approved)}`,
    `IP:          ${cleanText(row.remoteIp ?? 'this machine')}`,
    `Asked:       ${formatAge(row.ts, now)}`,
    ...(row.expiresAtMs === undefined ? [] : [`Expires:     ${formatExpiry(row.expiresAtMs, now)}`]),
    `Note:        ${NOTES[state.kind]}`,
  ]
}
