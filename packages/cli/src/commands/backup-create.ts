import { type CreatedBackup, createBackup } from '@pairgate/gateway'
import { EXIT } from '../exit-codes.ts'
import { bold, green } from '../output/paint.ts'
import { printJson } from '../output/print-json.ts'
import { manifestAsJson } from './backup-verify.ts'
import { explainStart } from './explain-start.ts'

export interface CreateOptions {
  readonly out?: string
  readonly force?: boolean
  readonly json?: boolean
}

/** Works on the state directory itself: who can read that is the owner, and the gateway need not be asked. */
export async function createBackupFile({ out, force, json }: CreateOptions): Promise<void> {
  const created = await explainStart(() => createBackup({ env: process.env, out, force }))
  if (json) printJson(asJson(created))
  else process.stdout.write(`${formatCreated(created).join('\n')}\n`)
  if (!created.verdict.ok) process.exitCode = EXIT.failed
}

function formatCreated({ file, bytes, manifest, verdict }: CreatedBackup): readonly string[] {
  const { epoch, seq } = manifest.head
  return [
    green(`Backup written: ${file}`),
    `${bytes} bytes; event log up to event ${seq} of epoch ${epoch}.`,
    ...(verdict.ok
      ? ['All of it was read again and verifies.']
      : [bold(`It is as the database is. ${verdict.what}`), verdict.advice]),
    'Left out: secrets/ and identity/. Keep secrets/ elsewhere; without it this backup opens nothing, and cannot be restored.',
  ]
}

function asJson({ file, bytes, manifest, verdict }: CreatedBackup): object {
  const fault = verdict.ok ? null : { problem: verdict.problem, what: verdict.what, advice: verdict.advice }
  return {
    ok: verdict.ok,
    file,
    bytes,
    ...manifestAsJson(manifest),
    leftOut: ['secrets/', 'identity/'],
    fault,
  }
}
