import { readConfigText } from '@pairgate/gateway/config'
import { EXIT } from '../exit-codes.ts'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { systemNow } from '../platform/system-clock.ts'
import { askLocalGateway } from '../target/ask-local-gateway.ts'
import { findLocalFiles, type LocalFiles } from '../target/read-target-facts.ts'
import { explained } from './config-path.ts'

interface Issue {
  readonly path?: string
  readonly line?: number
  readonly message: string
}

/** What is wrong in the text of the file, and what with the files and directories around it. */
interface Found {
  readonly inText: readonly Issue[]
  readonly around: readonly Issue[]
  readonly warnings: readonly string[]
}

/** Tells everything for which a gateway would not start, and what it would warn about. */
export async function validateConfig({ json }: { readonly json?: boolean }): Promise<void> {
  const files = await findLocalFiles(process.env)
  const path = files.configFile
  const text = explained(() => readConfigText(path))
  if (text === undefined) return tellMissing(path, json)
  const found = await findAll(files, text)
  const issues = [...found.inText, ...found.around]
  const { warnings } = found
  const [first] = issues
  if (json) {
    const failure = first && { ok: false, error: { type: 'cli_error', message: first.message } }
    printJson({ ...failure, valid: first === undefined, path, warnings, ...(first && { issues }) })
  } else if (first) {
    const lines = issues.map(({ line, message }) =>
      line === undefined ? message : `Line ${line}: ${message}`,
    )
    process.stderr.write(`${[headOf(path, found), ...lines, await consequence(files, found)].join('\n')}\n`)
  } else {
    process.stdout.write(`Config valid: ${path}\n`)
    for (const warning of warnings) process.stderr.write(`Warning: ${warning}\n`)
  }
  if (first) process.exitCode = EXIT.failed
}

function headOf(path: string, { inText }: Found): string {
  return inText.length > 0 ? `Config invalid: ${path}` : `Nothing is wrong in ${path}, but around it:`
}

async function findAll(files: LocalFiles, text: string): Promise<Found> {
  const { findConfigProblems, findConfigWarnings, lineOf } = await import('@pairgate/gateway/config-editing')
  const { findStateFaults } = await import('@pairgate/gateway/doctor')
  const { statePaths } = await import('@pairgate/gateway/config')
  const input = { file: files.configFile, env: process.env }
  const inText = findConfigProblems(input, text).map(({ path, message }): Issue => {
    const line = path === undefined ? undefined : lineOf(text, path)
    return { ...(path !== undefined && { path }), ...(line !== undefined && { line }), message }
  })
  const faults = await findStateFaults(statePaths(files.stateDir, process.env))
  const warnings = inText.length > 0 ? [] : findConfigWarnings(input, text, systemNow())
  return { inText, around: faults.map((message) => ({ message })), warnings }
}

async function consequence(files: LocalFiles, { inText }: Found): Promise<string> {
  const code = inText.length > 0 ? EXIT.badConfig : EXIT.failed
  const starts = `A gateway would not start with it (exit code ${code}).`
  const running = await askLocalGateway(files, (gateway) => gateway.request('health', {}))
  return running ? `${starts} The one that runs here goes on with the settings it has.` : starts
}

function tellMissing(path: string, json: boolean | undefined): void {
  if (!json) {
    const next = ['None is needed: without one a gateway has the defaults.']
    throw new CommandError(`Config file not found: ${path}`, { next })
  }
  // The one failure of this command whose JSON has more than the error (cli fact 7).
  printJson({ ok: false, error: { type: 'cli_error', message: 'file not found' }, valid: false, path })
  process.exitCode = EXIT.failed
}
