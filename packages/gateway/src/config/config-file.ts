import { readFileSync } from 'node:fs'
import JSON5 from 'json5'
import { ConfigError } from './config-error.ts'
import { CONFIG_KEYS, type ConfigKey, parseConfigKey } from './config-schema.ts'
import { nearestWord } from './nearest-word.ts'
import { isSettingsObject } from './settings-object.ts'

/** One thing that is wrong with the settings, as a sentence and what to do next. */
export interface ConfigProblem {
  /** Where in the file, where that can be said. */
  readonly path?: string
  readonly message: string
}

/** What a config file says, by dotted path, and what it says that cannot be meant. */
export interface ConfigFileContent {
  readonly found: ReadonlyMap<ConfigKey, unknown>
  readonly problems: readonly ConfigProblem[]
}

/** @returns `undefined` when there is no such file. Throws `ConfigError`. */
export function readConfigText(file: string): string | undefined {
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

/** Reads the text of a config file; no file at all says nothing. Never throws. */
export function parseConfigText(text: string | undefined, file: string): ConfigFileContent {
  const into: Collection = { place: `The config file ${file}`, file, found: new Map(), problems: [] }
  if (text !== undefined) collectText(text, into)
  return into
}

/** Reads the settings of one section, written as an object. Never throws. */
export function parseSectionText(section: string, text: string, place: string): ConfigFileContent {
  const into: Collection = { place, file: place, found: new Map(), problems: [] }
  const parsed = parseJson5(text, into)
  if (isSettingsObject(parsed)) collect(parsed, `${section}.`, into)
  else if (into.problems.length === 0)
    into.problems.push({ path: section, message: `"${section}" must be an object with settings in it.` })
  return into
}

interface Collection {
  /** How a sentence begins, and how it goes on, about what is read here. */
  readonly place: string
  readonly file: string
  readonly found: Map<ConfigKey, unknown>
  readonly problems: ConfigProblem[]
}

/** @returns `undefined` for a text that is none, which has been noted as a problem. */
function parseJson5(text: string, into: Collection): unknown {
  try {
    return JSON5.parse(text)
  } catch (error) {
    // The parser's own text says where; it may quote one character, never a value.
    const where = error instanceof Error ? error.message.replace(/^JSON5: /, '') : String(error)
    into.problems.push({ message: `${into.place} is no JSON5: ${where}. Correct it there.` })
    return undefined
  }
}

function collectText(text: string, into: Collection): void {
  const parsed = parseJson5(text, into)
  if (isSettingsObject(parsed)) return collect(parsed, '', into)
  if (into.problems.length > 0) return
  into.problems.push({
    message: `The config file ${into.file} must hold one object, such as { gateway: { port: 18789 } }.`,
  })
}

function collect(node: Readonly<Record<string, unknown>>, prefix: string, into: Collection): void {
  for (const [name, value] of Object.entries(node)) {
    const path = prefix + name
    const key = name.includes('.') ? undefined : parseConfigKey(path)
    if (key) into.found.set(key, value)
    else if (name.includes('.') || !isConfigSection(path)) into.problems.push(unknownKey(path, into.file))
    else if (isSettingsObject(value)) collect(value, `${path}.`, into)
    else {
      const message = `"${path}" in ${into.file} must be an object with settings in it. Correct it there.`
      into.problems.push({ path, message })
    }
  }
}

/** Whether settings lie below this path. */
export function isConfigSection(path: string): boolean {
  return CONFIG_KEYS.some((key) => key.startsWith(`${path}.`))
}

/** The setting or section that a mistyped path most likely stands for. */
export function nearestConfigPath(path: string): string | undefined {
  const paths = CONFIG_KEYS.flatMap((key) => {
    const parts = key.split('.')
    return parts.map((_, at) => parts.slice(0, at + 1).join('.'))
  })
  return nearestWord(path, paths)
}

function unknownKey(path: string, file: string): ConfigProblem {
  const nearest = nearestConfigPath(path)
  const advice =
    nearest === path
      ? 'Write it nested, one object per dot.'
      : nearest === undefined
        ? 'Remove it.'
        : `Did you mean "${nearest}"? Rename or remove it.`
  return { path, message: `Unknown setting "${path}" in ${file}. ${advice}` }
}
