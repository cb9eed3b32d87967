import { Value } from 'typebox/value'
import { ConfigError } from './config-error.ts'
import { type ConfigKey, type ConfigRow, configRow } from './config-schema.ts'

/** Where a value came from. */
export type ConfigSource = 'flag' | 'env' | 'file' | 'default'

export interface Said {
  readonly source: Exclude<ConfigSource, 'default'>
  /** The flag, the variable or the file, for messages. */
  readonly place: string
  readonly value: unknown
}

/** Checks what was said for one key. Text of flags and of the environment is read as the key's type. */
export function checkValue(key: ConfigKey, said: Said): unknown {
  const row = configRow(key)
  const value =
    typeof said.value === 'string' && said.source !== 'file' ? fromText(row, said.value) : said.value
  if (!Value.Check(row.schema, value)) throw wrongValue(key, row, { ...said, value })
  const fault = row.fault?.(value as never)
  if (fault === undefined) return value
  // What is wrong with a secret would quote it.
  const what = row.secret ? '' : `: ${capital(fault)}`
  throw new ConfigError(`${where(key, said)} cannot be used${what}. Use ${row.allowed}.`)
}

function fromText(row: ConfigRow, text: string): unknown {
  const type = 'type' in row.schema ? row.schema.type : undefined
  if (type === 'integer') return /^\d{1,15}$/.test(text) ? Number(text) : text
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (type === 'array') return text.split(',').map((part) => part.trim())
  return text
}

function wrongValue(key: ConfigKey, row: ConfigRow, said: Said): ConfigError {
  if (said.source === 'flag') return new ConfigError(`Invalid ${said.place}. Use ${row.allowed}.`)
  return new ConfigError(`${where(key, said)} is ${found(row, said.value)}. Use ${row.allowed}.`)
}

function where(key: ConfigKey, said: Said): string {
  if (said.source === 'file') return `"${key}" in ${said.place}`
  return said.source === 'env' ? `The variable ${said.place} (${key})` : `The flag ${said.place}`
}

/** A secret is described by its type alone: error messages end up in logs and tickets. */
function found(row: ConfigRow, value: unknown): string {
  const type = value === null ? 'null' : Array.isArray(value) ? 'a list' : `of type ${typeof value}`
  if (row.secret || typeof value === 'object') return value === '' ? 'empty' : type
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
