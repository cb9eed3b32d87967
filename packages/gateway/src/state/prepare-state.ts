import { realpath, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { StatePaths } from '../config/state-dir.ts'
import { checkPrivateDir, checkPrivateFile, preparePrivateDir, statOf } from './file-modes.ts'
import { networkFileSystem } from './network-file-systems.ts'
import { StateError } from './state-error.ts'

/** Any of these means that the directory is OpenClaw's own. */
const FOREIGN = ['state/openclaw.sqlite', 'openclaw.json', 'devices/paired.json']

export interface PrepareStateOptions {
  /** The `statfs` type of the file system that holds a directory. */
  readonly fileSystemType?: (dir: string) => Promise<number | undefined>
}

/** Makes the state directory on the first start, and afterwards checks that it is still ours alone. */
export async function prepareState(paths: StatePaths, options: PrepareStateOptions = {}): Promise<void> {
  await refuseForeignState(paths.dir)
  // The state directory may be a link that the operator made; what lies inside may not.
  const dir = await realpath(paths.dir).catch(() => paths.dir)
  await preparePrivateDir(dir)
  await refuseNetworkFileSystem(dir, options.fileSystemType)
  await preparePrivateDir(paths.secretsDir)
  for (const file of privateFiles(paths)) await checkPrivateFile(file)
  await checkConfigFile(paths)
  await prepareSocketDir(paths)
}

/** Everything that a start would refuse in the state directory as it is now. Makes and changes nothing. */
export async function findStateFaults(paths: StatePaths): Promise<readonly string[]> {
  const dir = await realpath(paths.dir).catch(() => paths.dir)
  // Of another user's gateway only that user can say it.
  if ((await statOf(dir))?.uid !== process.getuid?.()) return []
  const checks = [
    () => refuseForeignState(paths.dir),
    () => checkPrivateDir(dir),
    () => refuseNetworkFileSystem(dir),
    () => checkPrivateDir(paths.secretsDir),
    ...privateFiles(paths).map((file) => () => checkPrivateFile(file)),
    () => checkConfigFile(paths),
  ]
  const faults: string[] = []
  for (const check of checks) {
    try {
      await check()
    } catch (error) {
      if (!(error instanceof StateError)) throw error
      faults.push(error.message)
    }
  }
  return faults
}

/** Everything that only the gateway's user may open. */
export function privateFiles(paths: StatePaths): readonly string[] {
  const database = [paths.database, `${paths.database}-wal`, `${paths.database}-shm`]
  const keys = [paths.tokenKey, paths.localKey, paths.eventsKey, paths.oldEventsKeys, paths.newKeys]
  const tls = [paths.tlsKey, paths.tlsCertificate]
  return [...keys, ...tls, paths.eventHead, paths.claimLink, ...database, paths.lock]
}

/** A config file elsewhere, or behind a link (as configuration management makes it), is the operator's. */
async function checkConfigFile({ dir, configFile }: StatePaths): Promise<void> {
  const found = dirname(configFile) === dir ? await statOf(configFile) : undefined
  if (found && !found.isSymbolicLink()) await checkPrivateFile(configFile)
}

/** Throws `StateError` for a directory that holds OpenClaw's own state. */
export async function refuseForeignState(dir: string): Promise<void> {
  for (const name of FOREIGN) {
    if (!(await statOf(join(dir, name)))) continue
    throw new StateError(
      `${dir} holds the state of another program, OpenClaw (${name}). ` +
        'Choose another directory with PAIRGATE_STATE_DIR, which comes before OPENCLAW_STATE_DIR.\n' +
        'Take its devices along with: openclaw migrate',
    )
  }
}

/** Throws `StateError` where locks do not keep two machines apart. */
export async function refuseNetworkFileSystem(
  dir: string,
  typeOf: (dir: string) => Promise<number | undefined> = fileSystemType,
): Promise<void> {
  const type = await typeOf(dir)
  const name = type === undefined ? undefined : networkFileSystem(type)
  if (name === undefined) return
  throw new StateError(
    `${dir} lies on a network file system (${name}), whose locks cannot keep two gateways apart. ` +
      'Choose a directory on a local disk with PAIRGATE_STATE_DIR.',
  )
}

async function fileSystemType(dir: string): Promise<number | undefined> {
  try {
    return (await statfs(dir)).type
  } catch {
    // Not every system can say; then there is nothing to recognise.
    return undefined
  }
}

/** In a shared directory such as /tmp another user could put a socket of theirs in our place. */
async function prepareSocketDir(paths: StatePaths): Promise<void> {
  const dir = dirname(paths.ownerSocket)
  if (dir === paths.dir) return
  if (!paths.ownerSocketChosen) return preparePrivateDir(dir)
  const found = await statOf(dir)
  if (!found)
    throw new StateError(`The directory of OPENCLAW_GATEWAY_SOCK does not exist: ${dir}. Create it first.`)
}
