import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

/** A machine on which a gateway runs, on a free port. */
export interface HostOfTest {
  readonly host: Machine
  readonly url: string
  /** What the gateway has said until it listened. */
  readonly said: string
}

export interface TestHooks {
  after(cleanUp: () => void | Promise<void>): void
}

/** @param settings content of `pairgate.json`. */
export async function startHost(hooks: TestHooks, settings?: object): Promise<HostOfTest> {
  const host = createMachine()
  if (settings) writeFileSync(join(host.stateDir, 'pairgate.json'), JSON.stringify(settings), { mode: 0o600 })
  const gateway = host.start(['gateway', 'run', '--port', '0'])
  const ended = collect(gateway, 580_000)
  hooks.after(async () => {
    gateway.kill('SIGTERM')
    await ended
    host.remove()
  })
  const { input: said, 1: url = '' } = await waitForOutput(
    gateway,
    /^[\s\S]*listening on (wss?:\/\/127\.0\.0\.1:\d+)\n/,
  )
  return { host, url, said }
}

/** A machine that asks at the host's gateway and is let in. */
export async function letIn(
  hooks: TestHooks,
  { host, url }: HostOfTest,
  ...flags: readonly string[]
): Promise<Machine> {
  const machine = createMachine()
  hooks.after(() => machine.remove())
  const connect = machine.start(['connect', '--url', url, '--json', ...flags])
  const whole = collect(connect)
  const [, requestId = ''] = await waitForOutput(connect, /"requestId":"([^"]+)"/)
  assert.equal((await host.run(['devices', 'approve', requestId])).code, 0)
  const { code, stderr } = await whole
  assert.equal(code, 0, stderr)
  return machine
}
