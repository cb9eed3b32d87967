import { type VerifiedBackup, verifyBackup } from '@pairgate/gateway'
import { isoTime } from '../audit/describe-event.ts'
import { EXIT } from '../exit-codes.ts'
import { cleanText } from '../output/clean-text.ts'
import { bold, green } from '../output/paint.ts'
import { printJson } from '../output/print-json.ts'
import { explainStart } from './explain-start.ts'

export interface VerifyOptions {
  readonly json?: boolean
}

type Manifest = NonNullable<VerifiedBackup['verdict']['manifest']>

const NOT_CHECKED = {
  events:
    'Not checked, because secrets/events.key is not here: whether this gateway made it, and its event log.',
  token: 'Not checked, because secrets/token.key is not here: whether devices could connect with it.',
} as const

export async function verifyBackupFile(file: string, { json }: VerifyOptions): Promise<void> {
  const verified = await explainStart(() => verifyBackup(file, { env: process.env }))
  if (json) printJson(asJson(file, verified))
  else process.stdout.write(`${formatVerified(verified).join('\n')}\n`)
  // Not an error of the command: it has done its work, and this is what it found.
  if (!verified.verdict.ok) process.exitCode = EXIT.failed
}

export function formatVerified({ verdict, behind }: VerifiedBackup): readonly string[] {
  if (!verdict.ok) return [bold(`The backup is not sound. ${cleanText(verdict.what, 1_000)}`), verdict.advice]
  const { manifest, counts, missingKeys } = verdict
  return [
    green(`The backup is sound, made ${isoTime(manifest.madeAt)} by version ${cleanText(manifest.version)}.`),
    `Event log up to event ${manifest.head.seq} of epoch ${manifest.head.epoch}${formatBehind(behind)}.`,
    `Devices: ${counts.devices}. Tokens in force: ${counts.tokens}. Open requests: ${counts.requests}.`,
    ...missingKeys.map((name) => NOT_CHECKED[name]),
  ]
}

export function manifestAsJson({ madeAt, version, schema, head, sha256 }: Omit<Manifest, 'seal'>) {
  return { madeAt: isoTime(madeAt), version, schema, head, sha256 }
}

function formatBehind(behind: number | undefined): string {
  if (behind === undefined) return '; how far the gateway is by now is not known here'
  if (behind === 0) return ', where the gateway is, too'
  return behind > 0 ? `; the gateway is ${behind} further` : `, which is ${-behind} further than the gateway`
}

function asJson(file: string, { verdict, behind }: VerifiedBackup): object {
  const { ok, manifest } = verdict
  const known = manifest ? manifestAsJson(manifest) : {}
  if (!ok) {
    const { problem, what, advice } = verdict
    return { ok, file, problem, what, advice, ...known }
  }
  const notChecked = verdict.missingKeys.map((name) => `secrets/${name}.key`)
  return { ok, file, ...known, ...verdict.counts, behind: behind ?? null, notChecked }
}
