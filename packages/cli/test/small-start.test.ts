import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collect, createMachine, waitForOutput } from './run-cli.ts'

/** Says at the end which of the heavy parts of Node.js that nobody here needs were loaded all the same. */
const TELL_LOADED = `process.on('exit', () => {
  const loaded = process.moduleLoadList.filter((name) => /deps\\/undici\\/undici$/.test(name))
  console.error('loaded:', JSON.stringify(loaded))
})`

test('the gateway starts, and serves, without the second HTTP client that Node.js brings', async (context) => {
  const host = createMachine()
  context.after(() => host.remove())
  const gateway = host.start(['gateway', 'run', '--port', '0'], {
    // About the bundle: from the sources, each import of node:http loads it.
    PAIRGATE_FROM_SOURCE: '0',
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(TELL_LOADED)}`,
  })
  const ended = collect(gateway)
  const [, address = ''] = await waitForOutput(gateway, /listening on ws:\/\/(127\.0\.0\.1:\d+)\n/)
  const answer = await fetch(`http://${address}/readyz`)
  assert.equal(answer.status, 200)
  gateway.kill('SIGTERM')
  assert.match((await ended).stderr, /^loaded: \[\]$/m)
})
