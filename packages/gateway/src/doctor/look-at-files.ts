import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { StatePaths } from '../config/state-dir.ts'
import { checkPrivate, checkPrivateFile, quoted, statOf } from '../state/file-modes.ts'
import { privateFiles, refuseForeignState, refuseNetworkFileSystem } from '../state/prepare-state.ts'
import { StateError } from '../state/state-error.ts'
import type { DoctorCheckId } from './check-table.ts'
import { type Finding, findingOf, orFine } from './finding.ts'
import { takeRightsAway } from './take-rights-away.ts'

/** What this user can see of a state directory. */
export interface FilesLook {
  readonly findings: readonly Finding[]
  /** `none`: there is no directory; `closed`: there is one that this user cannot read. */
  readonly sight: 'open' | 'closed' | 'none'
}

/** The directory, and who may open what lies in it. */
export async function lookAtFiles(paths: StatePaths): Promise<FilesLook> {
  const { dir } = paths
  const found = await attempt(() => statOf(dir))
  if (found === undefined) {
    const what = `There is no state directory ${dir} yet; the gateway makes it when it starts first.`
    return { findings: [{ check: 'state-dir', level: 'note', what }], sight: 'none' }
  }
  if (found instanceof StateError || !(await mayRead(dir)))
    return { findings: [closed(dir)], sight: 'closed' }
  const owner = ownerOf(found.uid)
  if (owner !== process.getuid?.()) return { findings: [ofAnother(dir, owner)], sight: 'closed' }

  const place = await judged('state-dir', async () => {
    await refuseForeignState(dir)
    await refuseNetworkFileSystem(dir)
  })
  const modes = await lookAtModes(paths, owner)
  const findings = [
    ...orFine('state-dir', dir, place),
    ...orFine('file-modes', 'Nobody else may open anything in it.', modes),
  ]
  return { findings, sight: 'open' }
}

// A link to the directory belongs to whoever made it; root looks at it as root.
function ownerOf(uid: number): number | undefined {
  return process.getuid === undefined ? undefined : uid
}

function closed(dir: string): Finding {
  const what = `This user may not look into ${dir}, so nothing in it was looked at: modes, keys, database, event log, tokens.`
  const advice = 'Run openclaw doctor as the user that runs the gateway.'
  return { check: 'state-dir', level: 'warn', what, advice }
}

function ofAnother(dir: string, owner: number | undefined): Finding {
  const what = `${dir} belongs to user ${owner}, so keys, database and modes in it were not looked at.`
  const advice = `Run openclaw doctor as that user: sudo --user=#${owner} env PAIRGATE_STATE_DIR=${quoted(dir)} openclaw doctor`
  return { check: 'state-dir', level: 'warn', what, advice }
}

async function mayRead(dir: string): Promise<boolean> {
  try {
    await access(dir, constants.R_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function lookAtModes(paths: StatePaths, uid: number | undefined): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const ownSocketDir = paths.ownerSocketChosen ? [] : [dirname(paths.ownerSocket)]
  for (const dir of new Set([paths.dir, paths.secretsDir, dirname(paths.deviceKey), ...ownSocketDir]))
    findings.push(...(await lookAtDir(dir, uid)))
  for (const file of [...privateFiles(paths), ...ownFiles(paths)])
    findings.push(...(await lookAtMode(file, () => checkPrivateFile(file, uid))))
  return [...findings, ...(await lookAtSocket(paths.ownerSocket))]
}

/** It is born closed to others; whoever connects has to prove the owner's key beside. */
async function lookAtSocket(path: string): Promise<readonly Finding[]> {
  const found = await attempt(() => statOf(path))
  if (found === undefined || found instanceof StateError || !found.isSocket()) return []
  if ((found.mode & 0o077) === 0) return []
  const what = `Other users of this machine may open the owner's socket ${path}.`
  return [{ check: 'file-modes', level: 'fail', what, advice: `chmod 600 ${quoted(path)}` }]
}

/** A config file elsewhere, or behind a link, is the operator's, as at the start of a gateway. */
function ownFiles({ dir, configFile, deviceKey, deviceTokens }: StatePaths): readonly string[] {
  return [deviceKey, deviceTokens, ...(dirname(configFile) === dir ? [configFile] : [])]
}

async function lookAtDir(dir: string, uid: number | undefined): Promise<readonly Finding[]> {
  const found = await attempt(() => statOf(dir))
  if (found === undefined || found instanceof StateError || found.isSymbolicLink()) return []
  return lookAtMode(dir, async () => checkPrivate(dir, found, { remedy: 'chmod 700', uid }))
}

async function lookAtMode(path: string, check: () => Promise<void>): Promise<readonly Finding[]> {
  const findings = await judged('file-modes', check)
  return Promise.all(
    findings.map(async (finding) => {
      const repair = finding.advice?.startsWith('chmod') ? takeRightsAway(path) : undefined
      return repair ? { ...finding, repair } : finding
    }),
  )
}

/** What a check of the gateway itself would refuse with. */
async function judged(check: DoctorCheckId, work: () => Promise<void>): Promise<readonly Finding[]> {
  const fault = await attempt(work)
  return fault instanceof StateError ? [findingOf(check, 'fail', fault.message)] : []
}

export async function attempt<T>(work: () => Promise<T>): Promise<T | StateError> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StateError) return error
    throw error
  }
}
