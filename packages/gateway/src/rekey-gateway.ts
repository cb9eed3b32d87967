import { homedir } from 'node:os'
import {
  createAppendEvent,
  createDrawSecret,
  createRekeyLog,
  createVerifyChain,
  type Store,
} from '@pairgate/core'
import { readGatewayConfig } from './config/read-config.ts'
import { type Env, resolveStateDir, type StatePaths, statePaths } from './config/state-dir.ts'
import { createNodeCrypto } from './platform/node-crypto.ts'
import { createNodeRandom, randomKey } from './platform/node-random.ts'
import { createSystemClock } from './platform/system-clock.ts'
import { readHead, writeHead } from './state/event-head.ts'
import { takeInstanceLock } from './state/instance-lock.ts'
import { type NewKeys, putInPlace, settleNewKeys, writeNewKeys } from './state/new-keys.ts'
import { loadEventSeal, readOldEventsKeys } from './state/old-events-keys.ts'
import { openDatabase } from './state/open-database.ts'
import { describeFault } from './state/open-event-log.ts'
import { prepareState } from './state/prepare-state.ts'
import {
  checkKey,
  createEventSeal,
  createTokenSecrets,
  KEY_CHECK,
  keyCheckValue,
  loadEventsKey,
  loadTokenKey,
} from './state/secrets.ts'
import { StateError } from './state/state-error.ts'

export interface RekeyOptions {
  readonly env: Env
  readonly home?: string
}

export interface RekeyedGateway {
  readonly rotatedTokens: number
  /** The gateway has no configured shared token: the one that it derives is another one now. */
  readonly derivedTokenChanged: boolean
}

const STOP_IT = 'Stop it first: it would go on with the old keys.'

/**
 * Draws every key of the gateway anew, while none runs. The new keys lie in a file of their own until the
 * database has taken them over in one transaction, so a crash leaves the old state or the new one, and the
 * next start tells which.
 */
export async function rekeyGateway({ env, home = homedir() }: RekeyOptions): Promise<RekeyedGateway> {
  const paths = statePaths(resolveStateDir(env, home), env)
  refuseForeignKeys(env)
  const { database, auth } = readGatewayConfig({ file: paths.configFile, env, flags: {} })
  await prepareState(paths)
  const lock = takeInstanceLock(paths.lock, STOP_IT)
  try {
    const store = await openDatabase({ path: paths.database, url: database.url })
    try {
      await settleNewKeys(paths, store.read)
      const rotatedTokens = await rekey(store, paths, env)
      return { rotatedTokens, derivedTokenChanged: auth.mode === 'token' && auth.token === undefined }
    } finally {
      await store.close()
    }
  } finally {
    lock.release()
  }
}

/** A key that something else keeps cannot be changed from here. */
function refuseForeignKeys(env: Env): void {
  const variable = ['PAIRGATE_TOKEN_KEY', 'PAIRGATE_EVENTS_KEY'].find((name) => env[name])
  if (variable === undefined) return
  throw new StateError(
    `The variable ${variable} holds a key, which cannot be changed from here. Nothing was changed.\n` +
      'Put the keys of both variables into secrets/token.key and secrets/events.key, run this without the variables, and set them to what the files hold then.',
  )
}

async function rekey(store: Store, paths: StatePaths, env: Env): Promise<number> {
  const crypto = createNodeCrypto()
  const random = createNodeRandom()
  await checkKey(store, await loadTokenKey(paths, env))
  const head = await verifiedEnd(store, paths, env)

  const old = { key: await loadEventsKey(paths, env), upTo: head.seq }
  const oldEvents = [...(await readOldEventsKeys(paths)), old]
  const keys: NewKeys = { token: randomKey(), events: randomKey(), local: randomKey(), oldEvents }
  await writeNewKeys(paths, keys)

  const [newest] = head.seq === 0 ? [] : await store.read.eventsAfter(head.seq - 1, 1)
  const seal = createEventSeal(keys.events, oldEvents)
  const rekeyLog = createRekeyLog({
    store,
    clock: createSystemClock(newest?.at),
    appendEvent: createAppendEvent({ seal, crypto, random }),
    drawSecret: createDrawSecret({ random, crypto, secrets: createTokenSecrets(keys.token) }),
  })
  const rekeyed = await rekeyLog((tx) => tx.saveMeta(KEY_CHECK, keyCheckValue(keys.token)))
  await writeHead(paths.eventHead, rekeyed.head)
  await putInPlace(paths, keys)
  return rekeyed.rotatedTokens
}

/** What is at fault would be sealed anew otherwise. */
async function verifiedEnd(store: Store, paths: StatePaths, env: Env) {
  const seal = await loadEventSeal(paths, env)
  const verifyChain = createVerifyChain({ read: store.read, seal, crypto: createNodeCrypto() })
  const verdict = await verifyChain({ head: await readHead(paths.eventHead) })
  if (verdict.ok) return verdict.head
  throw new StateError(
    `The event log does not verify, and a new key must not cover that up. ${describeFault(verdict)} Nothing was changed.\n` +
      'Find out first what happened: openclaw gateway run says what to do.',
  )
}
