import type { ForeignDevice, ForeignGrant, ImportVerdict } from '../domain/foreign-device.ts'
import type { StoreReader } from '../ports/store.ts'

export interface JudgedGrant {
  readonly device: ForeignDevice
  readonly grant: ForeignGrant
  readonly verdict: ImportVerdict
}

export type JudgeReads = Pick<StoreReader, 'findDevice' | 'findToken' | 'findTokenByHash' | 'wasRemoved'>

/**
 * What an import would do, grant by grant. A device that is here, let in or put out, is decided on here, for
 * all its roles: one that it lacks may have been taken from it. So is one that was removed.
 */
export async function judgeImport(
  read: JudgeReads,
  devices: readonly ForeignDevice[],
): Promise<readonly JudgedGrant[]> {
  const judged: JudgedGrant[] = []
  const taken = new Set<string>()
  for (const device of devices) {
    for (const grant of device.grants) {
      const verdict = await judge(read, device, { grant, taken })
      if (verdict === 'new' && grant.state === 'live') taken.add(grant.secretHash)
      judged.push({ device, grant, verdict })
    }
  }
  return judged
}

async function judge(
  read: JudgeReads,
  { id }: ForeignDevice,
  { grant, taken }: { readonly grant: ForeignGrant; readonly taken: ReadonlySet<string> },
): Promise<ImportVerdict> {
  const token = await read.findToken(id, grant.role)
  if (token?.revokedAt !== undefined) return 'revoked-here'
  if (token || (await read.findDevice(id))) return 'here'
  if (await read.wasRemoved(id)) return 'removed-here'
  if (grant.state === 'revoked') return 'new'
  const isTaken = taken.has(grant.secretHash) || (await read.findTokenByHash(grant.secretHash)) !== undefined
  return isTaken ? 'secret-taken' : 'new'
}
