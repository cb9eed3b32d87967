import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { collect, createMachine, waitForOutput } from './run-cli.ts'

/** What a gateway logs while somebody asks to be paired and the owner looks at the list. */
async function logOf(context: TestContext, ...flags: readonly string[]) {
  const [host, phone] = [createMachine(), createMachine()]
  context.after(() => [host, phone].map((machine) => machine.remove()))
  const gateway = host.start(['gateway', 'run', '--port', '0', ...flags])
  const ended = collect(gateway)
  const [, url = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  await phone.run(['connect', '--url', url, '--no-wait'])
  assert.equal((await host.run(['devices', 'list'])).code, 0)
  gateway.kill('SIGTERM')
  const { stderr } = await ended
  return stderr
    .trim()
    .split('\n')
    .map((line): Readonly<Record<string, unknown>> => JSON.parse(line))
}

test('`gateway run` says once what was refused, and with --verbose who came and what was asked', async (context) => {
  const lines = await logOf(context, '--verbose')
  const summary = lines.find(({ msg }) => msg === 'refused in the last minute')
  assert.deepEqual([summary?.['level'], summary?.['handshakes']], ['info', { 'pairing-required': 1 }])
  const handshakes = lines.filter(({ msg }) => msg === 'handshake')
  assert.deepEqual(
    handshakes.map(({ outcome, address }) => [outcome, address]),
    [
      ['pairing-required', 'loopback'],
      ['accepted', 'owner-socket'],
    ],
  )
  const list = lines.find(({ method }) => method === 'device.pair.list')
  assert.deepEqual(
    [list?.['level'], list?.['connId'], list?.['outcome'], typeof list?.['id'], typeof list?.['ms']],
    ['debug', handshakes[1]?.['connId'], 'ok', 'string', 'number'],
  )
  assert.equal(
    lines.filter(({ msg, code }) => msg === 'connection closed' && typeof code === 'number').length,
    1,
  )
})

test('without --verbose `gateway run` writes no line for a request', async (context) => {
  const lines = await logOf(context)
  assert.deepEqual(
    lines.filter(({ msg }) => msg !== 'event log head').map(({ level, msg }) => [level, msg]),
    [
      ['info', 'the gateway has no owner yet: whoever brings what is in this file becomes it'],
      ['info', 'refused in the last minute'],
    ],
  )
})
