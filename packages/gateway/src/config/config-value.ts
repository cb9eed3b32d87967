import JSON5 from 'json5'
import { Value } from 'typebox/value'
import type { ConfigRow } from './config-row.ts'
import { type ConfigKey, configRow } from './config-schema.ts'

/** Where a value came from. */
export type ConfigSource = 'flag' | 'env' | 'file' | 'default'

export interface Said {
  readonly source: Exclude<ConfigSource, 'default'>
  /** The flag, the variable or the file, for messages. */
  readonly place: string
  readonly value: unknown
}

/** A value that can be used, or the sentence that says why not. */
export type CheckedValue =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string }

/** Checks what was said for one key. Text of flags and of the environment is read as the key's type. */
export function checkValue(key: ConfigKey, said: Said): CheckedValue {
  const row = configRow(key)
  const isText = typeof said.value === 'string' && said.source !== 'file'
  const value = isText ? fromText(row, String(said.value)) : said.value
  if (!Value.Check(row.schema, value)) return { ok: false, message: wrongValue(key, row, { ...said, value }) }
  const fault = row.fault?.(value as never)
  if (fault === undefined) return { ok: true, value }
  // What is wrong with a secret would quote it.
  const what = row.secret ? '' : `: ${capital(fault)}`
  return { ok: false, message: `${where(key, said)} cannot be used${what}. Use ${row.allowed}.` }
}

function fromText(row: ConfigRow, text: string): unknown {
  const type = 'type' in row.schema ? row.schema.type : undefined
  if (type === 'integer') return /^\d{1,15}$/.test(text) ? Number(text) : text
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (type === 'array') return listFromText(text)
  return text
}

/** `a, b`, or a list as the file has it. */
function listFromText(text: string): unknown {
  if (!text.trim().startsWith('[')) return text.split(',').map((part) => part.trim())
  try {
    return JSON5.parse(text)
  } catch {
    return text
  }
}

/** Text of a command line or a variable as a value of this setting; it may still be a wrong one. */
export function readSettingText(key: ConfigKey, text: string): unknown {
  return fromText(configRow(key), text)
}

function wrongValue(key: ConfigKey, row: ConfigRow, said: Said): string {
  if (said.source === 'flag') return `Invalid ${said.place}. Use ${row.allowed}.`
  return `${where(key, said)} is ${found(row, said.value)}. Use ${row.allowed}.`
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
