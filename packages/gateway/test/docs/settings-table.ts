import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CONFIG_KEYS, type ConfigKey, configRow } from '../../src/config/config-schema.ts'

export const PAGE = fileURLToPath(new URL('../../../../docs/configuration.md', import.meta.url))

const HEAD = ['key', 'value', 'default', 'meaning', 'variable', 'flag', 'applies']
const BEGIN = '<!-- settings: written by `npm run docs` out of the schema -->'
const END = '<!-- /settings -->'

/** The page as it is, and as it would be with the table of the schema as it is now. */
export function readPage(): { readonly text: string; readonly renewed: string } {
  const text = readFileSync(PAGE, 'utf8')
  const [before, rest] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (before < 0 || rest < before) throw new Error(`${PAGE} has no place for the settings`)
  return { text, renewed: `${text.slice(0, before)}${BEGIN}\n\n${settingsTable()}\n\n${text.slice(rest)}` }
}

function settingsTable(): string {
  const lines = [HEAD, HEAD.map(() => '---'), ...CONFIG_KEYS.map(cellsOf)]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function cellsOf(key: ConfigKey): readonly string[] {
  const { default: value, description, allowed, env, flag, applies, secret } = configRow(key)
  return [
    code(key),
    `${allowed}${secret ? '; a secret' : ''}`,
    value === undefined ? 'unset' : code(JSON.stringify(value)),
    description,
    env === undefined ? '' : code(env),
    flag === undefined ? '' : code(flag),
    applies,
  ]
}

function code(text: string): string {
  return `\`${text}\``
}
