import { CHAIN_FAULTS, createVerifyChain, type EventHead } from '@pairgate/core'
import { type CopyCounts, openSqliteCopy, type SqliteCopy, StoreUnavailable } from '@pairgate/store'
import type { Env, StatePaths } from '../config/state-dir.ts'
import { createNodeCrypto } from '../platform/node-crypto.ts'
import { readOldEventsKeys } from '../state/old-events-keys.ts'
import { describeFault } from '../state/open-event-log.ts'
import {
  createEventSeal,
  findEventsKey,
  findTokenKey,
  fitsKey,
  keyIdOf,
  type OldEventsKey,
} from '../state/secrets.ts'
import { hashFile, readFileFacts } from './backup-file.ts'
import { hasOwnSeal, readManifest, type SealedManifest } from './backup-manifest.ts'
import { BACKUP_PROBLEMS, type BackupProblem } from './backup-problem.ts'

/** The keys that a backup is held against, as far as they are here. */
export interface BackupKeys {
  readonly events: Uint8Array | undefined
  readonly token: Uint8Array | undefined
  /** Those that have sealed the beginning of the log. */
  readonly oldEvents: readonly OldEventsKey[]
}

/** What a backup was found to be. */
export type BackupVerdict = SoundBackup | FaultyBackup

export interface SoundBackup {
  readonly ok: true
  readonly manifest: SealedManifest
  readonly counts: CopyCounts
  /** Keys that are missing here, so that what they prove could not be checked. */
  readonly missingKeys: readonly ('events' | 'token')[]
}

export interface FaultyBackup {
  readonly ok: false
  readonly problem: BackupProblem
  readonly what: string
  readonly advice: string
  /** What it says of itself, which is not to be believed unless the problem is its log. */
  readonly manifest: SealedManifest | undefined
}

export async function findBackupKeys(
  paths: Pick<StatePaths, 'tokenKey' | 'eventsKey' | 'oldEventsKeys'>,
  env: Env,
): Promise<BackupKeys> {
  const [events, token] = [await findEventsKey(paths, env), await findTokenKey(paths, env)]
  return { events, token, oldEvents: await readOldEventsKeys(paths) }
}

/** Reads all of a backup and answers with the first problem. Changes nothing. */
export async function checkBackup(path: string, keys: BackupKeys): Promise<BackupVerdict> {
  const facts = await readFileFacts(path)
  const end = readManifest(facts.end, facts.size)
  if (end.found === 'newer') return faulty('newer')
  if (end.found === 'nothing') return faulty(facts.looksLikeDatabase ? 'cut' : 'no-backup')

  const { manifest } = end
  // Before anything of the database is read: without the seal it may be anybody's.
  const problem = checkSeal(manifest, keys.events)
  if (problem) return faulty(problem, { manifest })
  if ((await hashFile(path, manifest.size)) !== manifest.sha256) return faulty('changed', { manifest })
  try {
    const copy = await openSqliteCopy(path)
    try {
      return await checkDatabase(copy, manifest, keys)
    } finally {
      copy.close()
    }
  } catch (error) {
    return faulty(problemOf(error), { manifest })
  }
}

function checkSeal(manifest: SealedManifest, key: Uint8Array | undefined): BackupProblem | undefined {
  if (!key || hasOwnSeal(manifest, createEventSeal(key))) return undefined
  return keyIdOf(key) === manifest.key ? 'changed' : 'other-key'
}

function problemOf(error: unknown): BackupProblem {
  if (error instanceof StoreUnavailable && error.reason === 'newer') return 'newer'
  if (error instanceof StoreUnavailable && error.reason === 'corrupt') return 'damaged'
  throw error
}

async function checkDatabase(
  copy: SqliteCopy,
  manifest: SealedManifest,
  keys: BackupKeys,
): Promise<BackupVerdict> {
  const { read } = copy
  if (!isSameHead(await read.eventHead(), manifest.head) || copy.schema !== manifest.schema)
    return faulty('changed', { manifest })
  if (keys.token && (await fitsKey(read, keys.token)) === false) return faulty('token-key', { manifest })

  if (keys.events) {
    const seal = createEventSeal(keys.events, keys.oldEvents)
    const chain = await createVerifyChain({ read, seal, crypto: createNodeCrypto() })()
    if (!chain.ok) {
      const what = `${BACKUP_PROBLEMS.log.what} ${describeFault(chain)}`
      return faulty('log', { manifest, what, advice: CHAIN_FAULTS[chain.fault].advice })
    }
  }
  const missingKeys = (['events', 'token'] as const).filter((name) => !keys[name])
  return { ok: true, manifest, counts: copy.counts(manifest.madeAt), missingKeys }
}

export function isSameHead(one: EventHead, other: EventHead): boolean {
  return one.epoch === other.epoch && one.seq === other.seq && one.mac === other.mac
}

function faulty(
  problem: BackupProblem,
  known: Partial<Pick<FaultyBackup, 'manifest' | 'what' | 'advice'>> = {},
): FaultyBackup {
  return { ok: false, problem, ...BACKUP_PROBLEMS[problem], manifest: undefined, ...known }
}
