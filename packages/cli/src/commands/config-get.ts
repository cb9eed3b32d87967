import { type ConfigKey, nestSettings, redacted } from '@pairgate/gateway/config'
import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'
import { formatJson, printJson } from '../output/print-json.ts'
import { canAsk } from '../platform/terminal.ts'
import { askLocalGateway } from '../target/ask-local-gateway.ts'
import { findLocalFiles } from '../target/read-target-facts.ts'
import { isBelow, readConfigPath, readSettings } from './config-path.ts'

export interface GetOptions {
  readonly json?: boolean
  readonly show?: boolean
}

const LONGEST_VALUE = 100_000

export async function printConfigPath({ json }: GetOptions): Promise<void> {
  const { configFile } = await findLocalFiles(process.env)
  if (json) printJson({ path: configFile })
  else process.stdout.write(`${configFile}\n`)
}

/** Prints what the file says. A secret is shown to a person who asks for it, and to nobody else. */
export async function getConfig(typed: string, { json, show }: GetOptions): Promise<void> {
  const path = readConfigPath(typed)
  if (show && !canAsk()) {
    throw new CommandError('Refusing to print secrets outside an interactive terminal.', {
      next: ['Run the command there by hand.'],
    })
  }
  const { configFile } = await findLocalFiles(process.env)
  const shown = (key: ConfigKey, value: unknown) => (show ? value : redacted(key, value))
  const found = [...readSettings(configFile)]
    .filter(([key]) => isBelow(path, key))
    .map(([key, value]) => [key, shown(key, value)] as const)
  const [first] = found
  if (!first) {
    throw new CommandError(
      `Config path is valid but unset: ${typed}. The runtime default applies until you set an authored value with openclaw config set ${typed} <value>.`,
      { next: ['See what applies: openclaw config list --sources'] },
    )
  }
  const value = 'key' in path ? first[1] : below(nestSettings(found), path.section)
  if (json || typeof value !== 'string') process.stdout.write(`${formatJson(value)}\n`)
  else process.stdout.write(`${cleanText(value, LONGEST_VALUE)}\n`)
  if ('key' in path) await tellOverride(path.key)
}

/** Whoever looks for the source of a value would otherwise take the file for it. */
async function tellOverride(key: ConfigKey): Promise<void> {
  const files = await findLocalFiles(process.env)
  // The value was printed: what a gateway that does not answer would say is of no use then.
  const running = await askLocalGateway(files, (gateway) => gateway.request('config.get', {})).catch(
    ignoreUnanswered,
  )
  const by = running?.settings?.find((setting) => setting.key === key)?.by
  if (by === undefined) return
  process.stderr.write(`The running gateway does not use it: ${cleanText(by)} overrides the file.\n`)
}

function ignoreUnanswered(error: unknown): undefined {
  if (!(error instanceof CommandError)) throw error
}

function below(tree: unknown, section: string): unknown {
  return section
    .split('.')
    .reduce<unknown>((node, name) => (node as Readonly<Record<string, unknown>>)[name], tree)
}
