import { connect } from 'node:net'
import type { Finding } from './finding.ts'

const KNOCK_MS = 500

/** While no gateway of this state directory runs: whether something else has its port. */
export async function lookAtPort(port: number): Promise<readonly Finding[]> {
  const check = 'gateway'
  if (port === 0 || !(await isTaken(port)))
    return [{ check, level: 'note', what: 'No gateway runs here.', advice: 'openclaw gateway run' }]
  const what = `No gateway of this state directory runs, but something listens on port ${port}: another program, or a gateway with another state directory.`
  const advice =
    'Name that directory with PAIRGATE_STATE_DIR, end the other program, or: openclaw config set gateway.port <port>'
  return [{ check, level: 'warn', what, advice }]
}

function isTaken(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host: '127.0.0.1', port })
  const answer = (yes: boolean) => {
    socket.destroy()
    resolve(yes)
  }
  socket.setTimeout(KNOCK_MS, () => answer(false))
  socket.once('connect', () => answer(true))
  socket.once('error', () => answer(false))
  return promise
}
