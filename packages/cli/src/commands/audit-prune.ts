import { type FileHandle, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { AuditPruning } from '@pairgate/protocol/wire'
import { eventsText } from '../audit/describe-event.ts'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { type GatewayLink, withLink } from '../target/gateway-link.ts'
import { agree } from './agree.ts'
import { exportPages } from './audit-export.ts'
import { ADMIN_SCOPES } from './audit-list.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import type { Bound } from './read-instant.ts'
import { tracesLines } from './traces-lines.ts'

export interface PruneOptions extends CommonOptions {
  readonly before: Bound
  readonly export?: string
  readonly yes?: boolean
}

export async function pruneLog(options: PruneOptions): Promise<void> {
  const file = options.export
  const pruned = await withLink(linkFor(options, 'audit.prune'), async (link) => {
    const plan = await link.request('audit.prune', { ...options.before, preview: true }, ADMIN_SCOPES)
    if (plan.events === 0) return plan
    await agree('Nothing was pruned.', 'Prune', describePruning(plan, file), options)
    if (file !== undefined) await exportTo(file, link, plan)
    // By number: these very events, whatever has happened since.
    return link.request('audit.prune', { beforeSeq: plan.to + 1 }, ADMIN_SCOPES)
  })
  if (options.json) printJson(pruned)
  else process.stdout.write(`${formatPruning(pruned).join('\n')}\n`)
}

function describePruning({ events, from, to }: AuditPruning, file: string | undefined): readonly string[] {
  return [
    `This deletes ${eventsText(events)}, ${from} to ${to}, for ever.`,
    'The rest of the log goes on to verify, and that you did this is written into it.',
    file === undefined
      ? 'They are not exported. To keep them elsewhere, add: --export <file>'
      : `They are written to ${file} first.`,
  ]
}

/** On the disk, and all of them, before the first one is deleted. */
async function exportTo(path: string, link: GatewayLink, { events, from, to }: AuditPruning): Promise<void> {
  const file = await createFile(path)
  let isWhole = false
  try {
    const written = await exportPages(link, { from, to }, async (lines) => {
      await file.appendFile(lines).catch((error: unknown) => {
        throw cannotWrite(path, error)
      })
    })
    await file.sync()
    const { syncDirectory } = await import('@pairgate/gateway')
    syncDirectory(dirname(path))
    if (written !== events) {
      throw new CommandError(`Nothing was pruned: ${written} of ${events} events could be exported.`, {
        next: ['Find out why: openclaw audit verify'],
      })
    }
    isWhole = true
  } finally {
    await file.close()
    // A part of it would stand in the way of the next try.
    if (!isWhole) await rm(path, { force: true })
  }
}

async function createFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600)
  } catch (error) {
    throw cannotWrite(path, error)
  }
}

function cannotWrite(path: string, error: unknown): CommandError {
  const { code } = error as NodeJS.ErrnoException
  const why = code === 'EEXIST' ? 'it is there already' : String(code)
  return new CommandError(`Nothing was pruned: ${path} cannot be written (${why}).`, {
    next: ['Name another file with --export.'],
  })
}

function formatPruning({ events, from, to, traces = 'none' }: AuditPruning): readonly string[] {
  if (events === 0) return ['There is nothing to prune.']
  return [`Pruned ${eventsText(events)}, ${from} to ${to}.`, ...tracesLines(traces)]
}
