import {
  CONFIG_KEYS,
  checkSettings,
  configRow,
  readConfigText,
  redacted,
  settingPlace,
} from '@pairgate/gateway/config'
import type { ConfigSetting } from '@pairgate/protocol/wire'
import { cleanText } from '../output/clean-text.ts'
import { printJson } from '../output/print-json.ts'
import { formatTable } from '../output/print-table.ts'
import { terminalWidth } from '../platform/terminal.ts'
import { askLocalGateway } from '../target/ask-local-gateway.ts'
import { findLocalFiles, type LocalFiles } from '../target/read-target-facts.ts'
import { explained } from './config-path.ts'

export interface ListOptions {
  readonly json?: boolean
  readonly sources?: boolean
}

const LONGEST_VALUE = 500

/** Every setting as the gateway that runs here uses it, else as one would that started from this shell. */
export async function listConfig({ json, sources }: ListOptions): Promise<void> {
  const files = await findLocalFiles(process.env)
  const snapshot = await askLocalGateway(files, (gateway) => gateway.request('config.get', {}))
  const settings = snapshot?.settings ?? readHere(files)
  const isRunning = snapshot !== undefined
  if (json) {
    printJson({ path: files.configFile, running: isRunning, settings })
    return
  }
  const head = sources ? ['Setting', 'Value', 'Source', 'A change counts'] : ['Setting', 'Value']
  const rows = settings.map((setting) => {
    const cells = [setting.key, shownValue(setting)]
    return sources ? [...cells, sourceOf(setting), whenOf(setting)] : cells
  })
  process.stdout.write(`${formatTable(head, rows, terminalWidth(process.env))}\n`)
  const whose = isRunning
    ? 'As the running gateway uses them.'
    : 'No gateway runs here: as the next one would.'
  process.stdout.write(`${whose}\nFile: ${files.configFile}\n`)
}

function readHere({ configFile: file }: LocalFiles): readonly ConfigSetting[] {
  const text = explained(() => readConfigText(file))
  const { values, sources, problems } = checkSettings({ file, env: process.env }, text)
  if (problems.length > 0)
    process.stderr.write('Some of the file cannot be used; see: openclaw config validate\n')
  return CONFIG_KEYS.map((key) => {
    const value = redacted(key, values[key])
    const by = settingPlace(key, sources[key])
    return {
      key,
      ...(value !== undefined && { value }),
      source: sources[key],
      ...(by !== undefined && { by }),
      applies: configRow(key).applies,
    }
  })
}

function shownValue({ value }: ConfigSetting): string {
  if (value === undefined) return 'unset'
  return cleanText(typeof value === 'string' ? value : JSON.stringify(value), LONGEST_VALUE)
}

function sourceOf({ source, by, pending }: ConfigSetting): string {
  const from = by === undefined ? source : `${source} ${by}`
  return pending === undefined ? from : `${from}; the file says something else (${pending})`
}

const WHEN: Readonly<Record<ConfigSetting['applies'], string>> = {
  live: 'at once',
  restart: 'at the next start',
  commands: 'with the next command',
}

function whenOf({ applies }: ConfigSetting): string {
  return WHEN[applies]
}
