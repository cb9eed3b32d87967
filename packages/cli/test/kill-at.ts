import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

// Loaded before the command: ends it as a power cut would, right before its n-th change of a directory. What
// is written into files goes past this, but counts only once it has got its name.
const fatal = Number(process.env['KILL_AT'])
let changes = 0

function strike(): void {
  changes += 1
  if (changes === fatal) process.kill(process.pid, 'SIGKILL')
}

const { link, open, rename, rm } = fs
fs.link = (...args) => {
  strike()
  return link(...args)
}
fs.open = (...args) => {
  // To read one is no change.
  if (typeof args[1] === 'string' && args[1] !== 'r') strike()
  return open(...args)
}
fs.rename = (...args) => {
  strike()
  return rename(...args)
}
fs.rm = (...args) => {
  strike()
  return rm(...args)
}
syncBuiltinESMExports()
