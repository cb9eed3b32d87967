import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { letIn, startHost } from './host-of-test.ts'

const place = await startHost({ after })
const { host, url } = place
const phone = await letIn({ after }, place)

async function verify(token: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}` }
  return fetch(`${url.replace('ws:', 'http:')}/__pairgate__/verify`, { headers })
}

test('a paired machine prints an access token and nothing else, and a proxy is told whose it is', async () => {
  const { code, stdout, stderr } = await phone.run(['token', '--url', url])
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /^pga_[A-Za-z0-9_-]{43}[0-9a-z]{7}\n$/)
  const answer = await verify(stdout.trim())
  assert.equal(answer.status, 204)
  assert.match(answer.headers.get('x-pairgate-device') ?? '', /^[0-9a-f]{64}$/)
})

test('a machine that is paired with one gateway need not name it', async () => {
  const { code, stdout, stderr } = await phone.run(['token'])
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal((await verify(stdout.trim())).status, 204)
  const asked = await phone.run(['fetch', '/__pairgate__/verify', '--include'])
  assert.deepEqual([asked.code, asked.stderr], [0, ''])
  assert.match(asked.stdout, /^HTTP\/1\.1 204 /)
})

test('lifetime, scope and audience are as they were asked for', async () => {
  const flags = ['--ttl', '60s', '--audience', 'https://app.example', '--json', '--scope', 'operator.read']
  const began = Date.now()
  const { stdout } = await phone.run(['token', '--url', url, ...flags])
  const { accessToken, expiresAtMs, scopes, audience } = JSON.parse(stdout)
  assert.deepEqual([scopes, audience], [['operator.read'], 'https://app.example'])
  assert.ok(expiresAtMs >= began + 60_000 && expiresAtMs <= Date.now() + 60_000)
  // Nobody says here which app is meant.
  assert.equal((await verify(accessToken)).status, 401)
})

test('an access token ends with the revoke of its device', async () => {
  const { stdout } = await phone.run(['token', '--url', url])
  const device = (await verify(stdout.trim())).headers.get('x-pairgate-device') ?? ''
  const revoked = await host.run(['devices', 'revoke', '--device', device, '--role', 'operator'])
  assert.equal(revoked.code, 0, revoked.stderr)
  assert.equal((await verify(stdout.trim())).status, 401)
})

test('what cannot be meant is refused with a sentence', async () => {
  for (const ttl of ['61m', '2h', '0s', 'soon']) {
    const { code, stderr } = await phone.run(['token', '--url', url, '--ttl', ttl])
    assert.equal(code, 1)
    assert.ok(stderr.includes('Use a time up to 60m'), stderr)
  }
  const { code, stderr } = await host.run(['token'])
  assert.equal(code, 1)
  assert.match(stderr, /^an access token is made for a paired device/)
  assert.match(stderr, /\nThat is for paired devices, and this one is not\. Pair it: openclaw connect /)
  const slip = await host.run(['call', 'devce.pair.list'])
  assert.deepEqual(
    [slip.code, slip.stderr],
    [1, 'unknown method: devce.pair.list\nDid you mean device.pair.list?\n'],
  )
})
