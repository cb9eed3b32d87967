import { createHash } from 'node:crypto'
import { isPrivateHost } from '../host-kind.ts'
import { openWebSocket } from '../transport/open-web-socket.ts'
import { sendRequest } from '../transport/send-request.ts'
import type { Platform } from './platform.ts'

const FAMILIES: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'Mac', win32: 'Windows' }

export const platform: Platform = {
  openWebSocket,
  sendRequest,
  /** What OpenClaw's CLI says about the machine it runs on (interop fact 2). */
  describeClient() {
    const deviceFamily = FAMILIES[process.platform]
    return { id: 'cli', mode: 'cli', platform: process.platform, ...(deviceFamily && { deviceFamily }) }
  },
  /** The break-glass switch for plaintext in a private network (CLI fact 2). */
  allowsPlaintext: ({ hostname }) =>
    process.env['OPENCLAW_ALLOW_INSECURE_PRIVATE_WS'] === '1' && isPrivateHost(hostname),
  sha256: async (bytes) => createHash('sha256').update(bytes).digest(),
}
