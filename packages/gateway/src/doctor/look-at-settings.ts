import type { ConfigSetting } from '@pairgate/protocol/wire'
import { ConfigError } from '../config/config-error.ts'
import { readConfigText } from '../config/config-file.ts'
import { lineOf } from '../config/editing/config-tree.ts'
import { findConfigProblems } from '../config/editing/find-problems.ts'
import { type CheckedConfig, checkSettings } from '../config/read-config.ts'
import type { Env } from '../config/state-dir.ts'
import type { Finding } from './finding.ts'

export interface SettingsLook {
  readonly checked: CheckedConfig
  readonly findings: readonly Finding[]
}

/** Whether a gateway would start with file and environment, and whether the running one uses what they say. */
export function lookAtSettings(
  file: string,
  env: Env,
  running: readonly ConfigSetting[] | undefined,
): SettingsLook {
  const { text, unreadable } = readText(file)
  const input = { file, env }
  const problems = findConfigProblems(input, text).map(({ path, message }): Finding => {
    const line = text === undefined || path === undefined ? undefined : lineOf(text, path)
    const what = line === undefined ? message : `Line ${line}: ${message}`
    return { check: 'settings', level: 'fail', what, advice: 'openclaw config validate' }
  })
  const waiting = running ? judgeWaiting(running) : []
  const found = [...unreadable, ...problems, ...waiting]
  const fine = text === undefined ? `There is no ${file}: the defaults apply.` : `${file} can be used.`
  const findings = found.length > 0 ? found : [{ check: 'settings', level: 'ok', what: fine } as const]
  return { checked: checkSettings(input, text), findings }
}

function readText(file: string) {
  try {
    return { text: readConfigText(file), unreadable: [] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const unreadable: readonly Finding[] = [{ check: 'settings', level: 'fail', what: error.message }]
    return { text: undefined, unreadable }
  }
}

function judgeWaiting(running: readonly ConfigSetting[]): readonly Finding[] {
  const restart = running.filter(({ pending }) => pending === 'restart').map(({ key }) => key)
  const reload = running.filter(({ pending }) => pending === 'reload').map(({ key }) => key)
  return [
    ...told(restart, 'wait for a restart of the gateway', 'Restart the gateway.'),
    ...told(reload, 'were changed in the file, and the gateway was not told', 'openclaw call config.reload'),
  ]
}

function told(keys: readonly string[], what: string, advice: string): readonly Finding[] {
  return keys.length === 0
    ? []
    : [{ check: 'settings', level: 'warn', what: `These ${what}: ${keys.join(', ')}.`, advice }]
}
