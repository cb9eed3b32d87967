import { type RecoveredLog, recoverEventLog } from '@pairgate/gateway'
import { CommandError } from '../output/command-error.ts'
import { bold } from '../output/paint.ts'
import { printJson } from '../output/print-json.ts'
import { explainStart } from './explain-start.ts'

export interface RecoverLogOptions {
  readonly acceptRollback?: boolean
  readonly json?: boolean
}

const EXPLANATION = [
  'The gateway refuses to start when its database is older than the last event that it has noted outside of',
  'the database: a token that was revoked since would be valid again. First look for the newest copy of the',
  'database, and start with that one.',
  'If there is none, this goes on with what is there. Nobody knows what was revoked in the part that is',
  'missing, so it revokes every token and closes every open request. Each device then asks anew, and you',
  'approve it. What was found is written into the event log.',
  'To do it, while the gateway is stopped: openclaw recover --accept-rollback',
]

/** Works on the state directory itself, because the gateway that would have to be asked does not start. */
export async function recoverLog({ acceptRollback, json }: RecoverLogOptions): Promise<void> {
  if (!acceptRollback) throw new CommandError('Nothing was done.', { next: EXPLANATION })
  const recovered = await explainStart(() => recoverEventLog({ env: process.env }))
  if (json) printJson(asJson(recovered))
  else process.stdout.write(`${formatRecovery(recovered).join('\n')}\n`)
}

export function formatRecovery({ found, recovery }: RecoveredLog): readonly string[] {
  if (!recovery) return ['The event log is complete and verifies. There is nothing to recover.']
  return [
    bold(`The event log was recovered: epoch ${recovery.head.epoch} begins.`),
    `Found: ${found}`,
    `Revoked tokens: ${recovery.revokedTokens}. Closed requests: ${recovery.closedRequests}.`,
    'Start the gateway. Every device, also every admin, has to ask again and to be approved on this host:',
    '  openclaw devices list',
    '  openclaw devices approve <request id>',
  ]
}

function asJson({ found, recovery }: RecoveredLog): object {
  if (!recovery) return { recovered: false }
  const { head, revokedTokens, closedRequests } = recovery
  return { recovered: true, found, epoch: head.epoch, head: head.seq, revokedTokens, closedRequests }
}
