import { rm } from 'node:fs/promises'
import type { Store } from '@pairgate/core'
import { encodeBase64Url } from '@pairgate/protocol'
import type { StatePaths } from '../config/state-dir.ts'
import { formatOldKeys, parseJson, parseOldKeys } from './old-events-keys.ts'
import { readStateText, writePrivateText } from './private-text.ts'
import { fitsKey, type OldEventsKey, parseKey } from './secrets.ts'
import { StateError } from './state-error.ts'

/** All that a change of keys puts in place. */
export interface NewKeys {
  readonly token: Uint8Array
  readonly events: Uint8Array
  readonly local: Uint8Array
  readonly oldEvents: readonly OldEventsKey[]
}

type KeyPaths = Pick<
  StatePaths,
  'claimLink' | 'eventsKey' | 'localKey' | 'newKeys' | 'oldEventsKeys' | 'tokenKey'
>

/** One file, so that there are all of them or none. */
export async function writeNewKeys(paths: KeyPaths, keys: NewKeys): Promise<void> {
  const { token, events, local } = keys
  const said = {
    token: encodeBase64Url(token),
    events: encodeBase64Url(events),
    local: encodeBase64Url(local),
  }
  await writePrivateText(
    paths.newKeys,
    `${JSON.stringify({ ...said, oldEvents: formatOldKeys(keys.oldEvents) })}\n`,
  )
}

/**
 * Ends a change of keys that a crash has cut off. The database says whether it was committed: then the new
 * keys take their places, else they are forgotten. Whoever opens a database with keys asks this first.
 */
export async function settleNewKeys(paths: KeyPaths, read: Pick<Store['read'], 'findMeta'>): Promise<void> {
  const keys = await readNewKeys(paths)
  if (!keys) return
  if (await fitsKey(read, keys.token)) await putInPlace(paths, keys)
  else await rm(paths.newKeys, { force: true })
}

/** In any order and as often as it takes; the file with all of them goes last. */
export async function putInPlace(paths: KeyPaths, keys: NewKeys): Promise<void> {
  await writePrivateText(paths.oldEventsKeys, `${JSON.stringify(formatOldKeys(keys.oldEvents))}\n`)
  await writePrivateText(paths.eventsKey, `${encodeBase64Url(keys.events)}\n`)
  await writePrivateText(paths.tokenKey, `${encodeBase64Url(keys.token)}\n`)
  await writePrivateText(paths.localKey, `${encodeBase64Url(keys.local)}\n`)
  // Whoever has read the old files may have read this one: the next start makes another.
  await rm(paths.claimLink, { force: true })
  await rm(paths.newKeys, { force: true })
}

async function readNewKeys(paths: Pick<StatePaths, 'newKeys'>): Promise<NewKeys | undefined> {
  const text = await readStateText(paths.newKeys)
  if (text === undefined) return undefined
  const said = Object(parseJson(text))
  const [token, events, local] = [said.token, said.events, said.local].map((each) =>
    typeof each === 'string' ? parseKey(each) : undefined,
  )
  const oldEvents = parseOldKeys(said.oldEvents)
  if (token && events && local && oldEvents) return { token, events, local, oldEvents }
  throw new StateError(`${paths.newKeys} does not hold the keys of an unfinished change. Move it away.`)
}
