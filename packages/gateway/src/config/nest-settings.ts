import { type ConfigKey, configRow } from './config-schema.ts'

/** What stands in the place of a secret, in the word that OpenClaw's clients know. */
export const REDACTED = '__OPENCLAW_REDACTED__'

/** A value as it may be shown. */
export function redacted(key: ConfigKey, value: unknown): unknown {
  return configRow(key).secret && value !== undefined ? REDACTED : value
}

/** Settings as the nested object that a config file holds; those that are `undefined` are left out. */
export function nestSettings(settings: Iterable<readonly [ConfigKey, unknown]>): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const [key, value] of settings) {
    if (value === undefined) continue
    const sections = key.split('.')
    const name = sections.pop() ?? key
    let node = root
    for (const section of sections) {
      node[section] ??= {}
      node = node[section] as Record<string, unknown>
    }
    node[name] = value
  }
  return root
}
