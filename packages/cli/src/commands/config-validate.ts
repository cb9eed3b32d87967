import { readConfigText } from '@pairgate/gateway/config'
import { EXIT } from '../exit-codes.ts'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { askLocalGateway } from '../target/ask-local-gateway.ts'
import { findLocalFiles, type LocalFiles } from '../target/read-target-facts.ts'
import { explained } from './config-path.ts'

interface Issue {
  readonly path?: string
  readonly line?: number
  readonly message: string
}

/** Tells everything that is wrong with the file, and what a gateway does with it. */
export async function validateConfig({ json }: { readonly json?: boolean }): Promise<void> {
  const files = await findLocalFiles(process.env)
  const path = files.configFile
  const text = explained(() => readConfigText(path))
  if (text === undefined) return tellMissing(path, json)
  const issues = await findIssues(path, text)
  const [first] = issues
  if (json) {
    const failure = first && { ok: false, error: { type: 'cli_error', message: first.message } }
    printJson({ ...failure, valid: first === undefined, path, warnings: [], ...(first && { issues }) })
  } else if (first) {
    const lines = issues.map(({ line, message }) =>
      line === undefined ? message : `Line ${line}: ${message}`,
    )
    process.stderr.write(`${[`Config invalid: ${path}`, ...lines, await consequence(files)].join('\n')}\n`)
  } else {
    process.stdout.write(`Config valid: ${path}\n`)
  }
  if (first) process.exitCode = EXIT.failed
}

async function findIssues(file: string, text: string): Promise<readonly Issue[]> {
  const { findConfigProblems, lineOf } = await import('@pairgate/gateway/config-editing')
  return findConfigProblems({ file, env: process.env }, text).map(({ path, message }) => {
    const line = path === undefined ? undefined : lineOf(text, path)
    return { ...(path !== undefined && { path }), ...(line !== undefined && { line }), message }
  })
}

async function consequence(files: LocalFiles): Promise<string> {
  const starts = `A gateway would not start with it (exit code ${EXIT.badConfig}).`
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
