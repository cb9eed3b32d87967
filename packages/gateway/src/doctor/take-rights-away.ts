import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Repair } from './finding.ts'

const OTHERS = 0o077

/** Leaves a file or directory to its owner alone. A link is not followed, and what belongs to others is left. */
export function takeRightsAway(path: string): Repair {
  return {
    did: `Took the rights of other users away from ${path}. What they could read until now may have been read.`,
    async run() {
      const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      try {
        const { uid, mode } = await file.stat()
        if (uid === process.getuid?.()) await file.chmod(mode & 0o777 & ~OTHERS)
      } finally {
        await file.close()
      }
    },
  }
}
