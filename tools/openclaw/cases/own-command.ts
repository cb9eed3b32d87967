import type { Case } from '../case.ts'
import { type CommandCase, commandCase } from '../command-case.ts'
import { HEALTH } from './gateway.ts'
import {
  asked,
  askedAsNode,
  askedForAdmin,
  askedForMuch,
  both,
  nobody,
  paired,
  pairedNode,
} from './givens.ts'

const TOLD_MORE = 'our own clients are told more'

const COMMANDS: readonly CommandCase[] = [
  { typed: 'devices list', given: both, says: 'Paired (1)', there: 'exit 0' },
  {
    typed: 'devices list --json',
    given: both,
    keys: ['pending[].requestId', 'paired[].deviceId', 'paired[].tokens[].scopes'],
    there: 'exit 0',
    here: 'exit 0; also `paired[].approvedBy`, `paired[].fingerprint`, `paired[].tokens[].session`, `pending[].digest`, `pending[].expiresAtMs`, `pending[].fingerprint`',
    why: TOLD_MORE,
  },
  {
    typed: 'devices list',
    when: 'with a wrong token',
    env: { OPENCLAW_GATEWAY_TOKEN: 'wrong' },
    says: 'unauthorized: gateway token mismatch',
    there: 'exit 1',
  },
  { typed: 'devices show <request>', given: asked, says: 'Fingerprint:', there: 'exit 0' },
  {
    typed: 'devices approve',
    when: 'while one device asks to read',
    given: asked,
    says: 'Approved',
    there: 'exit 0; request gone; device new: operator [read]',
  },
  {
    typed: 'devices approve --json',
    when: 'while one device asks for admin',
    given: askedForAdmin,
    keys: ['selected.requestId', 'approvalState.kind', 'approveCommand'],
    there: 'exit 1',
    here: 'exit 1; also `selected.digest`, `selected.expiresAtMs`, `selected.fingerprint`',
    why: TOLD_MORE,
  },
  {
    typed: 'devices approve <request> --json',
    given: asked,
    keys: ['requestId', 'device.deviceId', 'device.tokens[].role'],
    there: 'exit 0; request gone; device new: operator [read]',
    here: 'exit 0; request gone; device new: operator [read]; also `device.approvedBy`, `device.fingerprint`, `device.tokens[].session`',
    why: TOLD_MORE,
  },
  {
    typed: 'devices approve <request>',
    when: 'for a node',
    given: askedAsNode,
    says: 'Approved',
    there: 'exit 0; request gone; device new: node []',
  },
  {
    typed: 'devices approve <request> --scope operator.read',
    when: 'for less than it asks',
    given: askedForMuch,
    there: 'exit 1',
    here: 'exit 0; request gone; device new: operator [read]',
    why: 'there is no approval of less there',
  },
  {
    typed: 'devices approve <unknown>',
    says: 'No pending device request matches <unknown>.',
    there: 'exit 1',
  },
  {
    typed: 'devices reject <request> --json',
    given: asked,
    keys: ['requestId', 'deviceId'],
    there: 'exit 0; request gone',
  },
  { typed: 'devices reject <unknown>', says: 'unknown requestId', there: 'exit 1' },
  {
    typed: 'devices rename --device <device> --name Kitchen --json',
    given: paired,
    keys: ['deviceId', 'label'],
    there: 'exit 0; label "Kitchen"',
  },
  {
    typed: 'devices rotate --device <device> --role operator',
    given: paired,
    keys: ['deviceId', 'role', 'scopes', 'rotatedAtMs', 'tokenDelivery'],
    there: 'exit 0; operator token rotated',
  },
  {
    typed: 'devices rotate --device <device> --role node',
    given: pairedNode,
    keys: ['rotatedAtMs'],
    there: 'exit 0; node token rotated',
  },
  {
    typed: 'devices revoke --device <device> --role operator',
    given: paired,
    keys: ['deviceId', 'role', 'revokedAtMs'],
    there: 'exit 0; operator token revoked',
  },
  {
    typed: 'devices revoke --device <device> --role operator',
    when: 'of a device that is not there',
    given: nobody,
    keys: ['ok', 'error.message'],
    there: 'exit 1',
  },
  {
    typed: 'devices remove <device> --json',
    given: paired,
    keys: ['deviceId'],
    there: 'exit 0; device gone',
  },
  {
    typed: 'devices clear --yes --pending --json',
    given: both,
    keys: ['removedDevices', 'rejectedPending'],
    there: 'exit 0; request gone; device gone',
  },
  {
    typed: 'devices join-code --json',
    keys: ['joinUrl', 'setupCode', 'gatewayUrl'],
    there: 'exit 0',
  },
  { typed: 'gateway status --json', keys: ['ok', 'reachable', 'version'], there: 'exit 0' },
  { typed: 'call health --json', keys: ['ok'], ...HEALTH },
  {
    typed: 'call no.such.method --json',
    says: 'unknown method: no.such.method',
    keys: ['ok', 'error.type', 'error.code'],
    there: 'exit 1',
  },
]

export const OWN_CASES: readonly Case[] = COMMANDS.map((command) => commandCase('Pairgate', command))
