import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type ListenOptions, listen } from '../../src/http/listen.ts'
import { ListenError } from '../../src/http/listen-error.ts'
import { eventually } from '../harness/within.ts'
import { writeCertificate } from './certificate.ts'
import { openHouse } from './http-house.ts'
import { otherProcess } from './other-process.ts'
import { rawRequest, upgradeLines } from './raw-request.ts'
import { temporaryDir } from './temporary-dir.ts'

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
)

const plain: ListenOptions = {
  app: { routing: (_request, response) => void response.end('ok') },
  hosts: ['127.0.0.1'],
  port: 0,
  tls: undefined,
  ownerSocketPath: undefined,
  closeGraceMs: 50,
  onUpgrade: (_request, socket) => void socket.write('up\r\n\r\n'),
}

function openPlain(context: TestContext, options: Partial<ListenOptions> = {}) {
  return listen({ ...plain, ...options }).then((listening) => {
    context.after(() => listening.close())
    return listening
  })
}

test('both loopback families listen on one port that the system chose', {
  skip: !hasIpv6,
}, async (context) => {
  const { port, addresses } = await openPlain(context, { hosts: ['127.0.0.1', '::1'] })
  assert.deepEqual(addresses, [`127.0.0.1:${port}`, `[::1]:${port}`])
  for (const host of ['127.0.0.1', '::1']) {
    const answer = await rawRequest({ port, host }, ['GET / HTTP/1.1', 'Host: x', 'Connection: close'])
    assert.equal(answer.status, 200, host)
  }
})

test('a machine without the IPv6 loopback listens on what it has', { skip: hasIpv6 }, async (context) => {
  const { addresses, port } = await openPlain(context, { hosts: ['127.0.0.1', '::1'] })
  assert.deepEqual(addresses, [`127.0.0.1:${port}`])
})

test('a port that is taken is named, with what to do', async (context) => {
  const { port } = await openPlain(context)
  await assert.rejects(listen({ ...plain, port }), (error) => {
    return (
      error instanceof ListenError &&
      error.message.includes(`127.0.0.1:${port}`) &&
      error.message.includes('--port')
    )
  })
})

test('when one of several hosts cannot listen, none stays open', { skip: !hasIpv6 }, async (context) => {
  const blocker = createServer().listen(0, '::1')
  await once(blocker, 'listening')
  context.after(() => blocker.close())
  const { port } = blocker.address() as { port: number }
  await assert.rejects(listen({ ...plain, hosts: ['127.0.0.1', '::1'], port }), ListenError)
  await openPlain(context, { port })
})

test('an address of another machine is refused', async () => {
  await assert.rejects(listen({ ...plain, hosts: ['192.0.2.1'] }), /192\.0\.2\.1.*gateway\.bind/)
})

test('the owner socket is for the owner alone and goes when the gateway closes', async (context) => {
  const dir = temporaryDir(context)
  const path = join(dir, 'gateway.sock')
  const before = process.umask()
  const { addresses, close } = await openPlain(context, { ownerSocketPath: path })
  assert.ok(addresses.includes(path))
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.equal(process.umask(), before)
  await close()
  assert.equal(existsSync(path), false)
})

test('the socket that a killed gateway left behind is replaced', async (context) => {
  const path = join(temporaryDir(context), 'gateway.sock')
  const killed = otherProcess(new URL('./socket-holder.ts', import.meta.url), path)
  assert.equal(await killed.firstLine, 'listening')
  await killed.kill('SIGKILL')
  assert.ok(statSync(path).isSocket())

  await openPlain(context, { ownerSocketPath: path })
  const answer = await rawRequest({ path }, ['GET / HTTP/1.1', 'Host: x', 'Connection: close'])
  assert.equal(answer.body, 'ok')
})

test('a socket that somebody serves, and a file that is no socket, are left alone', async (context) => {
  const dir = temporaryDir(context)
  const served = join(dir, 'served.sock')
  await openPlain(context, { ownerSocketPath: served })
  await assert.rejects(listen({ ...plain, ownerSocketPath: served }), /Another gateway/)
  assert.ok(existsSync(served))

  const file = join(dir, 'precious')
  writeFileSync(file, 'data')
  await assert.rejects(listen({ ...plain, ownerSocketPath: file }), /no socket/)
  assert.equal(readFileSync(file, 'utf8'), 'data')
})

test('when the owner socket cannot open, no port stays open either', async (context) => {
  const missing = join(temporaryDir(context), 'none', 'gateway.sock')
  const { port, close } = await listen(plain)
  await close()
  await assert.rejects(listen({ ...plain, port, ownerSocketPath: missing }), ListenError)
  await openPlain(context, { port })
})

test('with certificate and key it speaks TLS, and only TLS', async (context) => {
  const tls = writeCertificate(temporaryDir(context), 'one')
  const current = { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') }
  const { port } = await openPlain(context, { tls: { current, onChange: () => undefined } })
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    const sent = httpsRequest({
      port,
      host: '127.0.0.1',
      ca: readFileSync(tls.cert),
      servername: 'localhost',
    })
    sent.once('response', (response) => resolve(response.resume().statusCode)).once('error', reject)
    sent.end()
  })
  assert.equal(answer, 200)
  const plaintext = await rawRequest({ port, host: '127.0.0.1' }, ['GET / HTTP/1.1', 'Host: x'])
  assert.ok(Number.isNaN(plaintext.status))
})

test('closing cuts idle, silent and upgraded connections within the grace', async (context) => {
  const { port, close } = await openPlain(context)
  const idle = connect(port, '127.0.0.1')
  const slow = connect(port, '127.0.0.1')
  const upgraded = connect(port, '127.0.0.1')
  for (const socket of [idle, slow, upgraded]) socket.on('error', () => {})
  slow.write('GET / HTTP/1.1\r\nHo')
  upgraded.write(`${upgradeLines({ Host: 'x' }).join('\r\n')}\r\n\r\n`)
  await once(upgraded, 'data')

  const closed = [idle, slow, upgraded].map((socket) => once(socket.resume(), 'close'))
  await close()
  await Promise.all(closed)
  await assert.rejects(once(connect(port, '127.0.0.1'), 'connect'))
})

test('closing lets an answer in flight finish', async (context) => {
  let finish = () => {}
  const { port, close } = await openPlain(context, {
    closeGraceMs: 2_000,
    app: {
      routing: (_request, response) => {
        finish = () => response.end('late')
      },
    },
  })
  const answer = rawRequest({ port, host: '127.0.0.1' }, ['GET / HTTP/1.1', 'Host: x', 'Connection: close'])
  await eventually(() => finish.name !== '' && finish.toString().includes('late'), 'the request in flight')
  const closing = close()
  finish()
  assert.equal((await answer).body, 'late')
  await closing
})

test('closing twice is closing once', async (context) => {
  const { listening } = await openHouse(context)
  await Promise.all([listening.close(), listening.close()])
})

test('a directory in the way of the socket is no socket', async (context) => {
  const dir = join(temporaryDir(context), 'gateway.sock')
  mkdirSync(dir)
  await assert.rejects(listen({ ...plain, ownerSocketPath: dir }), /no socket/)
})
