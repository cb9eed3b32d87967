import type { Finding } from '@pairgate/gateway/doctor'
import type { CommonOptions } from '../commands/common-options.ts'
import { EXIT } from '../exit-codes.ts'
import { printJson } from '../output/print-json.ts'
import { examine } from './examine.ts'
import { formatReport, inOrder, notLookedAt } from './format-report.ts'

export interface DoctorOptions extends CommonOptions {
  readonly fix?: boolean
}

/** Looks at everything, repairs what is safe if told to, and says what is left to do. */
export async function runDoctor(options: DoctorOptions): Promise<void> {
  const first = await examine(options)
  const fixed = options.fix ? await repair(first) : []
  const found = inOrder(fixed.length > 0 ? await examine(options) : first)
  const isHealthy = !found.some(({ level }) => level === 'warn' || level === 'fail')
  if (options.json) {
    const findings = found.map(({ check, level, what, advice, repair: mended }) => ({
      check,
      level,
      what,
      ...(advice !== undefined && { advice }),
      fixable: mended !== undefined,
    }))
    printJson({ ok: isHealthy, findings, fixed, notLookedAt: notLookedAt(found) })
  } else {
    process.stdout.write(`${formatReport(found, fixed).join('\n')}\n`)
  }
  if (!isHealthy) process.exitCode = EXIT.failed
}

/** One by one, in the order found: a directory is closed before what lies in it. */
async function repair(findings: readonly Finding[]): Promise<readonly string[]> {
  const done: string[] = []
  for (const { repair: mend } of findings) {
    if (!mend) continue
    try {
      await mend.run()
      done.push(mend.did)
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      done.push(`This could not be done (${why}): ${mend.did}`)
    }
  }
  return done
}
