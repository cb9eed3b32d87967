import type { EventSeal } from '@pairgate/core'
import { encodeBase64Url } from '@pairgate/protocol'
import type { Env, StatePaths } from '../config/state-dir.ts'
import { readStateText } from './private-text.ts'
import { createEventSeal, loadEventsKey, type OldEventsKey, parseKey } from './secrets.ts'
import { StateError } from './state-error.ts'

/** The keys that have sealed the beginning of the log, the oldest first. */
export async function readOldEventsKeys({
  oldEventsKeys: path,
}: Pick<StatePaths, 'oldEventsKeys'>): Promise<readonly OldEventsKey[]> {
  const text = await readStateText(path)
  if (text === undefined) return []
  const keys = parseOldKeys(parseJson(text))
  if (keys) return keys
  throw new StateError(
    `${path} holds no list of keys. Put it back from where the keys are kept: without it the beginning of the event log cannot be verified.`,
  )
}

/** With all keys that the log was ever sealed with. */
export async function loadEventSeal(
  paths: Pick<StatePaths, 'eventsKey' | 'oldEventsKeys'>,
  env: Env,
): Promise<EventSeal> {
  return createEventSeal(await loadEventsKey(paths, env), await readOldEventsKeys(paths))
}

export function formatOldKeys(keys: readonly OldEventsKey[]): readonly object[] {
  return keys.map(({ key, upTo }) => ({ upTo, key: encodeBase64Url(key) }))
}

export function parseOldKeys(said: unknown): readonly OldEventsKey[] | undefined {
  if (!Array.isArray(said)) return undefined
  const keys = said.map((each) => {
    const { key, upTo } = Object(each)
    const bytes = typeof key === 'string' ? parseKey(key) : undefined
    return bytes && Number.isSafeInteger(upTo) && upTo >= 0 ? { key: bytes, upTo } : undefined
  })
  return keys.every((key) => key !== undefined) ? keys : undefined
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
