import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
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
  name: string,
  ...more: string[]
): Promise<ChildProcess> {
  const machine = createMachine()
  const child = spawn(process.execPath, [join(examples, name), url, machine.stateDir, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => {
    child.kill('SIGKILL')
    machine.remove()
  })
  const [, requestId = ''] = await waitForOutput(child, /approve ([0-9a-f-]{36})/i)
  assert.equal((await host.run(['devices', 'approve', requestId])).code, 0)
  return child
}

test('the example of a device waits for its approval and is in', async (t) => {
  const child = await runExample(t, 'device.ts')
  await waitForOutput(child, /^open$/m)
})

test('the example of an automation replaces its own secret again and again, and stays in', async (t) => {
  const child = await runExample(t, 'automation.ts', '0.05')
  await waitForOutput(child, /(?:the secret was replaced\n[\s\S]*?in, no deadline\n[\s\S]*?){3}/)
})
