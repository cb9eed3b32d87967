import { type RestoredBackup, restoreBackup, verifyBackup } from '@pairgate/gateway'
import { CommandError } from '../output/command-error.ts'
import { bold } from '../output/paint.ts'
import { printJson } from '../output/print-json.ts'
import { formatVerified, manifestAsJson } from './backup-verify.ts'
import { explainStart } from './explain-start.ts'

export interface RestoreOptions {
  readonly yes?: boolean
  readonly json?: boolean
}

const EXPLANATION = [
  'A restore replaces the database and keeps the one that is there. All that was decided since the backup was',
  'made is gone, so the gateway does not start until `openclaw recover --accept-rollback`, which revokes every',
  'token: each device asks again, and you approve it. If nothing was decided since, it starts as before.',
]

/** Works on the state directory itself, because no gateway may run on it. */
export async function restoreFile(file: string, { yes, json }: RestoreOptions): Promise<void> {
  const place = { env: process.env }
  if (!yes) {
    const found = formatVerified(await explainStart(() => verifyBackup(file, place)))
    const next = [...found, ...EXPLANATION, `To do it, while the gateway is stopped, say --yes.`]
    throw new CommandError('Nothing was done.', { next })
  }
  const restored = await explainStart(() => restoreBackup(file, place))
  if (json) printJson(asJson(restored))
  else process.stdout.write(`${formatRestored(restored).join('\n')}\n`)
}

function formatRestored({ manifest, keptAs, isRollback, fault }: RestoredBackup): readonly string[] {
  const { epoch, seq } = manifest.head
  return [
    bold(`The backup is in place: event log up to event ${seq} of epoch ${epoch}.`),
    ...(keptAs === undefined ? [] : [`The database that was there is kept: ${keptAs}`]),
    ...(fault === undefined ? [] : [fault]),
    ...(isRollback
      ? [
          'What was revoked since the backup was made is valid in it, so the gateway does not start until:',
          '  openclaw recover --accept-rollback',
          'That revokes every token. Each device asks again, and you approve it, beginning with an admin.',
        ]
      : ['Nothing was decided since it was made: start the gateway.']),
  ]
}

function asJson({ manifest, keptAs, isRollback, fault }: RestoredBackup): object {
  return {
    restored: true,
    ...manifestAsJson(manifest),
    keptAs: keptAs ?? null,
    recoverNeeded: isRollback,
    fault: fault ?? null,
  }
}
