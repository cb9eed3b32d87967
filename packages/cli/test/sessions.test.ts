import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { createMachine } from './run-cli.ts'

const machine = createMachine()
const gateway = machine.start(['gateway', 'run', '--port', '0'])
after(async () => {
  gateway.kill()
  await once(gateway, 'exit')
  machine.remove()
})
for await (const chunk of gateway.stdout ?? []) if (String(chunk).includes('ws://')) break

const run = async (...args: string[]) => {
  const { code, stdout, stderr } = await machine.run(['sessions', ...args])
  assert.equal(code, 0, stderr)
  return stdout
}
const json = async (...args: string[]) => JSON.parse(await run(...args, '--json'))

test('sessions are made, shown, renamed, listed and deleted', async () => {
  assert.match(await run('list'), /No sessions/)
  assert.match(await run('create', 'kitchen', '--label', 'Kitchen tablets'), /^Made session kitchen\n$/)
  const { session } = await json('show', 'kitchen')
  assert.deepEqual([session.key, session.label, session.tokens], ['kitchen', 'Kitchen tablets', 0])
  assert.match(await run('rename', 'kitchen', 'pantry', '--no-label'), /^Renamed kitchen → pantry\n$/)
  assert.match(await run('show', 'pantry'), new RegExp(`Session ID: +${session.sessionId}`))
  const list = await run('list')
  for (const word of ['Session', 'pantry', 'never']) assert.ok(list.includes(word), list)
  assert.deepEqual(await json('delete', 'pantry'), {
    key: 'pantry',
    sessionId: session.sessionId,
    deleted: true,
    revokedTokens: 0,
  })
  assert.equal((await json('list')).count, 0)
})

test('what cannot be done ends with exit code 1 and says why', async () => {
  await run('create', 'hall')
  for (const [args, why] of [
    [['show', 'nobody'], /unknown session\nSee them: openclaw sessions list\n/],
    [['create', 'twice', '--label', 'x'.repeat(65)], /\nThat is the value of --label\.\n/],
    [['create', 'Kitchen'], /invalid session key/],
    [
      ['create', 'hall'],
      /has this key already\nChoose another key, or see that one: openclaw sessions show <key>\n/,
    ],
    [['delete', 'nobody'], /unknown session/],
    [['rename', 'nobody', 'x'], /unknown session/],
    [['rename', 'hall'], /newKey or label required\nPass another key, --label <text> or --no-label\.\n/],
  ] as const) {
    const { code, stderr } = await machine.run(['sessions', ...args])
    assert.equal(code, 1)
    assert.match(stderr, why)
  }
})
