import type { Log } from '../platform/log.ts'
import type { Connection } from '../ws/connection.ts'
import type { Observer } from './observer.ts'
import { peerText } from './peer-text.ts'

export interface AnswerLog extends Observer {
  closed(connection: Connection, code: number): void
}

/** One line for each handshake, each request and each connection that ends. */
export function createAnswerLog(log: Log): AnswerLog {
  return {
    handshake({ outcome, ms, peer, id, role, deviceId }) {
      log.debug(
        {
          connId: peer.connId,
          id: id === undefined ? undefined : peerText(id),
          outcome,
          ms: ms === undefined ? undefined : rounded(ms),
          address: peer.remoteIp ?? peer.prefix,
          role: role === undefined ? undefined : peerText(role),
          deviceId,
        },
        'handshake',
      )
    },
    request({ principal }, { id, method }, outcome, ms) {
      log.debug({ connId: principal.connId, id: peerText(id), method, outcome, ms: rounded(ms) }, 'request')
    },
    closed({ principal }, code) {
      log.debug({ connId: principal.connId, code }, 'connection closed')
    },
  }
}

/** To a hundredth of a millisecond. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
