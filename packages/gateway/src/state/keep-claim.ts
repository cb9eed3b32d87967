import { CLAIMED, type Clock, createArmClaim, type Store } from '@pairgate/core'
import type { Log } from '../platform/log.ts'
import { createNodeCrypto } from '../platform/node-crypto.ts'
import { createNodeRandom } from '../platform/node-random.ts'
import { PLAIN_CLAIM, readClaim, removeClaim } from './claim-file.ts'
import { writePrivateText } from './private-text.ts'
import { isDatabaseAway } from './watch-database.ts'

/** The claim of a gateway that never had an admin. */
export interface ClaimKeeper {
  /** What whoever becomes the first owner needs, as it stands in the file; `undefined` when there is no claim. */
  readonly text: string | undefined
  /** Something was decided: if that made an admin, the file goes. */
  look(): void
}

export interface KeepClaimDeps {
  readonly store: Store
  readonly clock: Clock
  readonly path: string
  readonly log: Log
}

/** Makes the file or takes it away, as the database says: the file alone opens nothing. */
export async function keepClaim({ store, clock, path, log }: KeepClaimDeps): Promise<ClaimKeeper> {
  const armClaim = createArmClaim({ store, clock, random: createNodeRandom(), crypto: createNodeCrypto() })
  const known = await readClaim(path, PLAIN_CLAIM)
  const secret = await armClaim(known)
  const text = secret && PLAIN_CLAIM.write(secret)
  if (secret === undefined) await removeClaim(path)
  else if (secret !== known) await writePrivateText(path, PLAIN_CLAIM.write(secret))
  let isArmed = secret !== undefined
  if (isArmed)
    log.info({ path }, 'the gateway has no owner yet: whoever brings what is in this file becomes it')

  async function takeAway(): Promise<void> {
    if ((await store.read.findMeta(CLAIMED)) === undefined || !isArmed) return
    await removeClaim(path)
    isArmed = false
    log.info({ path }, 'the gateway has an owner: the claim is over')
  }
  return {
    text: text?.trim(),
    look() {
      if (!isArmed) return
      takeAway().catch((error: unknown) => {
        // The next event or the next start tries again; the claim itself ended in the database.
        if (!isDatabaseAway(error))
          log.warn({ err: error, path }, 'the file of the claim could not be removed')
      })
    },
  }
}
