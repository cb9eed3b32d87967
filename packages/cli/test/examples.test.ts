import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startHost } from './host-of-test.ts'
import { createMachine, waitForOutput } from './run-cli.ts'

const examples = fileURLToPath(new URL('../../../examples', import.meta.url))
const { host, url } = await startHost({ after })

/** Runs an example as its first line says, with a folder of its own, and lets it in. */
async function runExample(
  t: { after(end: () => void): void },
  { name, says, more = [] }: { name: string; says: RegExp; more?: readonly string[] },
): Promise<void> {
  const machine = createMachine()
  const child = spawn(process.execPath, [join(examples, name), url, machine.stateDir, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => {
    child.kill('SIGKILL')
    machine.remove()
  })
  const [, requestId = ''] = await waitForOutput(child, /approve ([0-9a-f-]{36})/i)
  // Listened for before the approval, which may be answered later than the example speaks.
  const said = waitForOutput(child, says)
  assert.equal((await host.run(['devices', 'approve', requestId])).code, 0)
  await said
}

test('the example of a device waits for its approval and is in', async (t) => {
  await runExample(t, { name: 'device.ts', says: /^open$/m })
})

test('the example of an automation replaces its own secret again and again, and stays in', async (t) => {
  const says = /(?:the secret was replaced\n[\s\S]*?in, no deadline\n[\s\S]*?){3}/
  await runExample(t, { name: 'automation.ts', says, more: ['0.05'] })
})
