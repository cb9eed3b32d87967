import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

// Loaded before the command: a file system on which no file can have two names, such as that of a memory card.
fs.link = async () => {
  throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM', syscall: 'link' })
}
syncBuiltinESMExports()
