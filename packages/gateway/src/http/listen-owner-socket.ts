import { lstat, unlink } from 'node:fs/promises'
import { connect, type Server } from 'node:net'
import { ListenError } from './listen-error.ts'
import { startListening } from './start-listening.ts'

const KNOCK_MS = 500
/** Leaves nothing but read and write for the owner. */
const OWNER_ONLY = 0o177

/**
 * Listens on the owner's socket, in place of what a gateway that was killed left there. Only the holder
 * of the instance lock may call it.
 */
export async function bindOwnerSocket(server: Server, path: string): Promise<void> {
  await removeStale(path)
  try {
    await startListening(server, () => listenPrivately(server, path))
  } catch (error) {
    throw new ListenError(
      `Cannot open the owner's socket ${path} (${(error as NodeJS.ErrnoException).code}). Choose another path with OPENCLAW_GATEWAY_SOCK.`,
      { cause: error },
    )
  }
}

/** The file is born with its final mode, so there is no moment in which others could open it. */
function listenPrivately(server: Server, path: string): void {
  const before = process.umask(OWNER_ONLY)
  try {
    server.listen({ path })
  } finally {
    process.umask(before)
  }
}

async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (!found) return
  if (!found.isSocket()) {
    throw new ListenError(
      `${path} is no socket. Move it away, or choose another path with OPENCLAW_GATEWAY_SOCK.`,
    )
  }
  // The lock is per state directory, but OPENCLAW_GATEWAY_SOCK may name the socket of another one.
  if (await isAnswered(path)) {
    throw new ListenError(
      `Another gateway serves ${path}. Give this one an OPENCLAW_GATEWAY_SOCK of its own.`,
    )
  }
  await unlink(path)
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const answer = (yes: boolean) => {
      socket.destroy()
      resolve(yes)
    }
    socket.setTimeout(KNOCK_MS, () => answer(true))
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}
