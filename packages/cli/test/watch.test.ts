import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { type TestContext, test } from 'node:test'
import { collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

async function startGateway(context: TestContext, host: Machine, port = '0') {
  const gateway = host.start(['gateway', 'run', '--port', port])
  const ended = collect(gateway, 580_000)
  const stop = async (): Promise<void> => {
    gateway.kill('SIGTERM')
    await ended
  }
  context.after(stop)
  const [, url = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  return { url, stop }
}
function createHost(context: TestContext): Machine {
  const host = createMachine()
  context.after(() => host.remove())
  return host
}
/** Starts watching; gone with the test. */
function watch(context: TestContext, host: Machine, ...flags: readonly string[]): ChildProcess {
  const child = host.start(['devices', 'list', '--watch', ...flags])
  context.after(() => void child.kill('SIGKILL'))
  return child
}

test('a request appears as it is filed, and goes when it is decided, also over a restart of the gateway', async (context) => {
  const host = createHost(context)
  const phone = createHost(context)
  const first = await startGateway(context, host)
  const watching = watch(context, host, '--json')
  await waitForOutput(watching, /^\{"pending":\[\],"paired":\[\]/m)

  const seen = waitForOutput(watching, /"requestId":"([^"]+)"/)
  await phone.run(['connect', '--url', first.url, '--no-wait', '--name', 'Pocket phone'])
  const [, requestId = ''] = await seen

  const away = new Promise<void>((resolve) => {
    watching.stderr?.on('data', (piece: unknown) => {
      if (String(piece).includes('The gateway is away')) resolve()
    })
  })
  await first.stop()
  await away
  await startGateway(context, host, new URL(first.url).port)

  const paired = waitForOutput(watching, /"pending":\[\],"paired":\[\{[^\n]*"displayName":"Pocket phone"/)
  assert.equal((await host.run(['devices', 'approve', requestId])).code, 0)
  await paired
})

test('through a pipe the list is told whole, once for each change, without colours or cursor', async (context) => {
  const host = createHost(context)
  await startGateway(context, host)
  const watching = watch(context, host)
  const [text] = await waitForOutput(watching, /No device pairing entries\.\n/)
  assert.equal(text, 'No device pairing entries.\n')
})

test('without a gateway it fails like the list itself', async (context) => {
  const host = createHost(context)
  const { code, stderr } = await collect(watch(context, host))
  assert.equal(code, 1)
  assert.match(stderr, /^Gateway not reachable/)
})
