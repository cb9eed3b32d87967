import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseGatewayAddress } from './gateway-address.ts'
import { isPrivateHost } from './host-kind.ts'

const never = (): boolean => false
const privately = ({ hostname }: URL): boolean => isPrivateHost(hostname)

test('the origin names scheme, host and port, and nothing that follows them', () => {
  assert.equal(parseGatewayAddress('wss://Gate.Example/path?q=1').origin, 'wss://gate.example')
  assert.equal(parseGatewayAddress('ws://127.0.0.1:18789').origin, 'ws://127.0.0.1:18789')
})

for (const host of [
  '127.0.0.1',
  '127.9.9.9',
  'localhost',
  'LOCALHOST.',
  'app.localhost',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '0x7f.1',
]) {
  test(`plaintext to ${host} stays on this machine`, () => {
    parseGatewayAddress(`ws://${host}:18789`, never)
  })
}

const privateHosts = [
  '10.1.2.3',
  '172.16.0.1',
  '172.31.9.9',
  '192.168.1.9',
  '169.254.1.1',
  '100.64.0.1',
  '[fd00::1]',
  '[fe80::1]',
  'desk.local',
  'gateway',
]
for (const host of privateHosts) {
  test(`plaintext to ${host} is refused unless the break-glass switch is set`, () => {
    assert.throws(() => parseGatewayAddress(`ws://${host}`, never), { code: 'PLAINTEXT_REFUSED' })
    parseGatewayAddress(`ws://${host}`, privately)
    parseGatewayAddress(`wss://${host}`, never)
  })
}

const publicHosts = [
  '8.8.8.8',
  '172.32.0.1',
  '100.128.0.1',
  '192.169.0.1',
  '0.0.0.0',
  '[2001:db8::1]',
  '[::ffff:8.8.8.8]',
  'example.com',
  'localhost.example.com',
  '127.0.0.1.example.com',
  '10.example.com',
]
for (const host of publicHosts) {
  test(`plaintext to ${host} is refused whatever the switch says`, () => {
    assert.throws(() => parseGatewayAddress(`ws://${host}`, privately), {
      code: 'PLAINTEXT_REFUSED',
      message: /^SECURITY ERROR: Gateway URL "ws:\/\/.+" uses plaintext ws:\/\/ to a non-loopback address\./,
    })
  })
}

test('the switch is read from the environment', (t) => {
  t.after(() => delete process.env['OPENCLAW_ALLOW_INSECURE_PRIVATE_WS'])
  process.env['OPENCLAW_ALLOW_INSECURE_PRIVATE_WS'] = '0'
  assert.throws(() => parseGatewayAddress('ws://10.0.0.1'), { code: 'PLAINTEXT_REFUSED' })
  process.env['OPENCLAW_ALLOW_INSECURE_PRIVATE_WS'] = '1'
  parseGatewayAddress('ws://10.0.0.1')
})

for (const text of [
  '',
  'gateway',
  'http://127.0.0.1',
  'ws://',
  'ws://me:secret@127.0.0.1',
  'ws://127.0.0.1/#f',
]) {
  test(`"${text}" is no address of a gateway`, () => {
    assert.throws(
      () => parseGatewayAddress(text),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'INVALID_URL')
        assert.doesNotMatch(error.message, /secret/)
        return true
      },
    )
  })
}
