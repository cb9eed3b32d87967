import { readFileSync } from 'node:fs'
import JSON5 from 'json5'
import { ConfigError } from './config-error.ts'
import { CONFIG_KEYS, type ConfigKey, parseConfigKey } from './config-schema.ts'
import { nearestWord } from './nearest-word.ts'

/** What the config file says, by dotted path. A file that does not exist says nothing. */
export function readConfigFile(file: string): ReadonlyMap<ConfigKey, unknown> {
  const text = readText(file)
  if (text === undefined) return new Map()
  const found = new Map<ConfigKey, unknown>()
  collect(parse(text, file), '', { file, found })
  return found
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new ConfigError(`Cannot read the config file ${file} (${code}). Make it a readable file.`, {
      cause: error,
    })
  }
}

function parse(text: string, file: string): Readonly<Record<string, unknown>> {
  let parsed: unknown
  try {
    parsed = JSON5.parse(text)
  } catch (error) {
    // The parser's own text says where; it may quote one character, never a value.
    const where = error instanceof Error ? error.message.replace(/^JSON5: /, '') : String(error)
    throw new ConfigError(`The config file ${file} is no JSON5: ${where}. Correct it there.`)
  }
  if (isObject(parsed)) return parsed
  throw new ConfigError(`The config file ${file} must hold one object, such as { gateway: { port: 18789 } }.`)
}

interface Collection {
  readonly file: string
  readonly found: Map<ConfigKey, unknown>
}

function collect(node: Readonly<Record<string, unknown>>, prefix: string, into: Collection): void {
  for (const [name, value] of Object.entries(node)) {
    const path = prefix + name
    const key = name.includes('.') ? undefined : parseConfigKey(path)
    if (key) into.found.set(key, value)
    else if (name.includes('.') || !isSection(path)) throw unknownKey(path, into.file)
    else if (isObject(value)) collect(value, `${path}.`, into)
    else
      throw new ConfigError(
        `"${path}" in ${into.file} must be an object with settings in it. Correct it there.`,
      )
  }
}

function isSection(path: string): boolean {
  return CONFIG_KEYS.some((key) => key.startsWith(`${path}.`))
}

function unknownKey(path: string, file: string): ConfigError {
  const sections = CONFIG_KEYS.flatMap((key) => {
    const parts = key.split('.')
    return parts.map((_, at) => parts.slice(0, at + 1).join('.'))
  })
  const nearest = nearestWord(path, sections)
  const advice =
    nearest === path
      ? 'Write it nested, one object per dot.'
      : nearest === undefined
        ? 'Remove it.'
        : `Did you mean "${nearest}"? Rename or remove it.`
  return new ConfigError(`Unknown setting "${path}" in ${file}. ${advice}`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
