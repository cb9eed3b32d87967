import type { EventHead } from '../domain/gateway-event.ts'
import type { StoreReader } from '../ports/store.ts'
import type { ChainVerdict, VerifyChain } from './verify-chain.ts'

export interface CheckHeadDeps {
  readonly read: Pick<StoreReader, 'eventRecordsAfter'>
  readonly verifyChain: VerifyChain
}

/**
 * What is asked at every start: does the log still lead up to the head that was noted, and on from there?
 * Rows behind it are fine when they chain: the process died between the commit and the note. Without a
 * note, or without the row that it names, the whole log is looked at.
 */
export function createCheckHead({ read, verifyChain }: CheckHeadDeps) {
  return async (noted: EventHead | undefined): Promise<ChainVerdict> => {
    if (!noted || noted.seq === 0) return verifyChain({ head: noted })
    const [row] = await read.eventRecordsAfter(noted.seq - 1, 1)
    if (row?.seq !== noted.seq) return verifyChain({ head: noted })
    return verifyChain({ after: { epoch: row.epoch, seq: row.seq - 1, mac: row.prev }, head: noted })
  }
}
