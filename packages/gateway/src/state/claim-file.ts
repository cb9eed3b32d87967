import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { type InvitationSecret, parseInvitationSecret } from '@pairgate/protocol'
import { checkPrivateFile } from './file-modes.ts'
import { StateError } from './state-error.ts'

/** How the secret of the claim stands in its file; whoever makes a link of it changes these two together. */
export interface ClaimText {
  write(secret: InvitationSecret): string
  read(text: string): InvitationSecret | undefined
}

/** The secret alone, on a line. */
export const PLAIN_CLAIM: ClaimText = {
  write: (secret) => `${secret}\n`,
  read: (text) => parseInvitationSecret(text.trim()),
}

/** The secret that is kept, or `undefined` when there is none that can be read. A link is refused. */
export async function readClaim(path: string, text: ClaimText): Promise<InvitationSecret | undefined> {
  await checkPrivateFile(path)
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      return text.read(await file.readFile('utf8'))
    } finally {
      await file.close()
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new StateError(`Cannot read ${path} (${code}). Give this user access to it.`, { cause: error })
  }
}

export async function removeClaim(path: string): Promise<void> {
  await rm(path, { force: true })
}
