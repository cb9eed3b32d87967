import { closeSync, fsyncSync, openSync } from 'node:fs'

/**
 * Puts on the disk what was created or renamed in a directory, so that a power cut does not take it back.
 * Windows opens no directory; there the file system looks after it.
 */
export function syncDirectory(path: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
