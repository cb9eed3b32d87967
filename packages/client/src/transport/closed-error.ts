import { ClientError } from '../client-error.ts'
import type { ConnectionClose } from '../connection.ts'

/** The code of a connection that ended without a close frame (RFC 6455 section 7.1.5). */
export const ABNORMAL = 1006

/** The error of whatever was still under way when the connection ended. */
export function closedError({ code, reason }: ConnectionClose): ClientError {
  const message = `gateway closed (${code})${reason === '' ? '' : `: ${reason}`}`
  return new ClientError('CLOSED', message, { closeCode: code, closeReason: reason })
}
