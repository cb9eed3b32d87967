import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, beforeEach, describe, test } from 'node:test'
import { within } from '../harness/within.ts'
import { openProxy } from './proxy-world.ts'
import { RAW_CASES } from './raw-table.ts'

const { upstream, port } = await openProxy({ after }, [
  { match: { path: '/pub' }, auth: 'public' },
  { match: { path: '/priv' }, scope: 'operator.admin' },
])

/** Behind every case: whatever the case was, this request begins where it begins. */
const LAST = 'GET /pub/last HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'

/** Sends these very bytes, and waits until nothing more comes back. */
async function send(bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece
  })
  const closed = new Promise<void>((resolve) =>
    socket.on('error', () => resolve()).once('close', () => resolve()),
  )
  socket.write(Buffer.from(bytes, 'latin1'))
  await within(closed, () => 'the end of the connection')
  return text
}

beforeEach(() => {
  upstream.arrived.length = 0
})

describe('requests as bytes (T34)', () => {
  for (const { name, bytes, arrives } of RAW_CASES) {
    test(`${name}: ${arrives.length === 0 ? 'nothing arrives' : 'it arrives as it was judged'}`, async () => {
      const text = await send(bytes + LAST)
      const all = upstream.arrived.map(({ method, url, body }) => `${method} ${url} ${body}`)
      // Requests that follow each other at once may overtake each other behind the gateway.
      const own = all.filter((each) => each !== 'GET /pub/last ')
      assert.deepEqual(own.toSorted(), arrives.toSorted())
      for (const { rawHeaders } of upstream.arrived) assert.ok(!rawHeaders.includes('forged'))
      const answers = Array.from(text.matchAll(/HTTP\/1\.1 2/g))
      assert.ok(answers.length <= all.length && answers.length >= arrives.length, text)
    })
  }
  test('behind however many headers, the one that counts is read (T31)', async () => {
    const many = 'a:\r\n'.repeat(3_000)
    const forged = `${LAST.slice(0, -2)}${many}X-Forwarded-For: 10.0.0.1\r\n\r\n`
    assert.match(await send(forged), /^HTTP\/1\.1 403 [\s\S]*PROXY_UNTRUSTED/)
    assert.equal(upstream.arrived.length, 0)
  })
  test('there are enough of them', () => {
    assert.ok(RAW_CASES.length >= 80, `${RAW_CASES.length}`)
    assert.equal(new Set(RAW_CASES.map(({ name }) => name)).size, RAW_CASES.length)
  })
})
