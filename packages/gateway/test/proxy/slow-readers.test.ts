import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { eventually, within } from '../harness/within.ts'
import { openProxy } from './proxy-world.ts'

const TABLE = '/proc/net/tcp'
const skip = existsSync(TABLE) ? false : `the table of connections, ${TABLE}, is not there`

/** Connections of this machine as the system lists them: the hex ports at both ends. */
function isListed(local: number, remote: number): boolean {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0')
  const row = new RegExp(`^\\s*\\d+: [0-9A-F]+:${hex(local)} [0-9A-F]+:${hex(remote)} `, 'm')
  return row.test(readFileSync(TABLE, 'latin1'))
}

describe('a client that takes next to nothing of a download (T23)', { skip }, () => {
  for (const [how, tls] of Object.entries({ 'without TLS': undefined, 'with TLS': { enabled: true } })) {
    test(`gets nothing more of it after a revoke, ${how}: nor what the system holds for it`, async (t) => {
      const entries = [{ match: { path: '/app' }, scope: 'operator.read' }]
      const { gateway, upstream, enter, port } = await openProxy(t, entries, tls && { tls })
      const caller = await enter()
      const isFull = Promise.withResolvers<void>()
      upstream.answerBy((_request, response) => {
        const piece = Buffer.alloc(65_536)
        const push = (): void => {
          while (!response.destroyed && response.write(piece));
          response.once('drain', push)
        }
        push()
        setTimeout(isFull.resolve, 300)
      })
      const socket: Socket = tls
        ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
        : connect(port, '127.0.0.1')
      t.after(() => void socket.destroy())
      socket.on('error', () => undefined)
      const authorization = `Authorization: Bearer ${caller.accessToken}`
      socket.write(`GET /app HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${authorization}\r\n\r\n`)
      await within(isFull.promise, () => 'the answer')
      const { localPort = 0 } = socket
      assert.ok(isListed(port, localPort))
      const owner = await gateway.owner()
      await owner.call('device.token.revoke', { deviceId: caller.device.id, role: 'operator' })
      await eventually(() => !isListed(port, localPort), 'the end of the connection')
    })
  }
})
