import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Connection, connectAsOwner } from '@pairgate/client'
import type { AuditList, AuditVerdict } from '@pairgate/protocol/wire'
import { collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

const ROUNDS = 5
/** So many decisions are under way at once: some are between their commit and the note of the head. */
const AT_ONCE = 4

async function startGateway(host: Machine) {
  const gateway = host.start(['gateway', 'run', '--port', '0'])
  const ended = collect(gateway, 580_000)
  const [, url = ''] = await waitForOutput(gateway, /listening on (ws:\S+)\n/)
  const localKey = Buffer.from(
    readFileSync(join(host.stateDir, 'secrets', 'local.key'), 'utf8').trim(),
    'base64url',
  )
  const owner = await connectAsOwner({
    socketPath: join(host.stateDir, 'gateway.sock'),
    localKey,
    scopes: ['operator.admin'],
  })
  const kill = async () => {
    gateway.kill('SIGKILL')
    await ended
  }
  return { url, owner, kill }
}

/** Renames a device until the gateway dies; every label that was acknowledged comes into `known`. */
async function decideInALoop(owner: Connection, deviceId: string, known: Set<string>, name: string) {
  for (let n = 0; ; n += 1) {
    const label = `${name} ${n}`
    try {
      await owner.request('device.pair.rename', { deviceId, label })
    } catch {
      return
    }
    known.add(label)
  }
}

async function listAll(owner: Connection): Promise<AuditList['events']> {
  const all: AuditList['events'][number][] = []
  for (;;) {
    const before = all.at(-1)?.seq
    const page = await owner.request('audit.list', { limit: 500, ...(before !== undefined && { before }) })
    all.push(...page.events)
    if (page.events.length < 500) return all
  }
}

test('a gateway that is killed while it decides loses nothing that it acknowledged, and its log verifies', async (t) => {
  const host = createMachine()
  const phone = createMachine()
  t.after(() => {
    for (const machine of [host, phone]) machine.remove()
  })
  let { url, owner, kill } = await startGateway(host)
  t.after(() => kill())
  await phone.run(['connect', '--url', url, '--no-wait'])
  const [pending] = (await owner.request('device.pair.list', {})).pending
  assert.ok(pending)
  const { deviceId, requestId } = pending
  await owner.request('device.pair.approve', { requestId })

  const known = new Set<string>()
  for (let round = 0; round < ROUNDS; round += 1) {
    const loops = Array.from({ length: AT_ONCE }, (_, n) =>
      decideInALoop(owner, deviceId, known, `round ${round} loop ${n}`),
    )
    // Killed under way, however slow the machine is: each time a little later in the life of a decision.
    const wanted = known.size + 5
    while (known.size < wanted) await pause(1)
    await pause(7 * round)
    await kill()
    await Promise.all(loops)
    const head = JSON.parse(readFileSync(join(host.stateDir, 'event-head.json'), 'utf8'))

    ;({ url, owner, kill } = await startGateway(host))
    const events = await listAll(owner)
    const labels = new Set(events.map(({ after }) => after?.name))
    assert.deepEqual(
      [...known].filter((label) => !labels.has(label)),
      [],
    )
    const verdict: AuditVerdict = await owner.request('audit.verify', {})
    assert.deepEqual(verdict, { ...verdict, ok: true, from: 1, to: events.length })
    assert.ok(head.seq <= events.length && head.seq >= known.size, `${head.seq} of ${events.length}`)
  }
  t.diagnostic(`${known.size} acknowledged decisions over ${ROUNDS} kills`)
})
