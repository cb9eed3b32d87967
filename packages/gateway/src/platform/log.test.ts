import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog, type LogLevel } from './log.ts'

function logged({ isTTY = false, level = 'info' as LogLevel } = {}) {
  const lines: string[] = []
  const log = createLog({ level, destination: { write: (line) => lines.push(line), isTTY } })
  return { log, lines, entry: (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '') }
}

test('a line is JSON with time, level, text and fields', () => {
  const { log, entry } = logged()
  log.info({ port: 18_789 }, 'listening')
  const { time, ...rest } = entry()
  assert.match(String(time), /^\d{4}-\d\d-\d\dT/)
  assert.deepEqual(rest, { level: 'info', port: 18_789, msg: 'listening' })
})

test('a level hides what lies below it', () => {
  const { log, lines } = logged({ level: 'warn' })
  log.info('quiet')
  log.warn('loud')
  assert.equal(lines.length, 1)
})

test('values of secret names are masked at every depth, in child loggers too', () => {
  const { log, lines } = logged()
  const secret = 'hunter2hunter2'
  const names = [
    'token',
    'password',
    'secret',
    'authorization',
    'deviceToken',
    'ownerProof',
    'bootstrapToken',
    'X-Api-Token',
    'cookie',
  ]
  for (const name of names) {
    log.info({ [name]: secret, deep: { list: [{ [name]: secret }] } }, 'fields')
    log.child({ [name]: secret, deep: { [name]: { value: secret } } }).warn('child')
    log
      .child({ a: 1 })
      .child({ [name]: secret }, { level: 'info' })
      .warn('grandchild')
  }
  assert.equal(lines.length, names.length * 3)
  assert.ok(!lines.join('').includes(secret), lines.join(''))
})

test('harmless neighbours of secrets stay readable', () => {
  const { log, entry } = logged()
  log.info({ tokens: 3, sharedSecret: 'on', tokenId: 'abc', hasToken: true }, 'counts')
  const { tokens, sharedSecret, tokenId, hasToken } = entry()
  assert.deepEqual([tokens, sharedSecret, tokenId, hasToken], [3, 'on', 'abc', true])
})

test('what looks like a secret is masked inside texts and errors', () => {
  const { log, lines } = logged()
  const token = `pgd_${'A'.repeat(43)}0000000`
  log.info(`got ${token}`)
  log.error({ err: new Error(`bad ${token}`) }, 'failed')
  log.info({ url: '/ws?token=abcdef123&x=1', header: 'Bearer abcdefghijkl' }, 'request')
  log.info('postgres://pairgate:hunter2@db.example:5432/pairgate cannot be reached')
  const text = lines.join('')
  const secrets = [token, 'abcdef123', 'abcdefghijkl', 'hunter2']
  assert.ok(!secrets.some((secret) => text.includes(secret)), text)
  assert.ok(text.includes('db.example:5432'))
  assert.ok(text.includes('x=1'))
})

test('fields that hold themselves do not hang the log', () => {
  const { log, lines } = logged()
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  log.info({ circle }, 'round')
  assert.equal(lines.length, 1)
})

test('an error keeps its message and stack', () => {
  const { log, entry } = logged()
  log.error({ err: new TypeError('broken') }, 'failed')
  const err = entry()['err'] as Record<string, unknown>
  assert.equal(err['message'], 'broken')
  assert.match(String(err['stack']), /TypeError: broken/)
})

test('at a terminal a line is short, for a person', () => {
  const { log, lines } = logged({ isTTY: true })
  log.info({ port: 18_789 }, 'listening')
  log.warn('careful')
  log.error({ err: new Error('broken') }, 'failed')
  assert.match(lines[0] ?? '', /^\d\d:\d\d:\d\d listening \(port 18789\)\n$/)
  assert.match(lines[1] ?? '', / Warning: careful\n$/)
  assert.match(lines[2] ?? '', / Error: failed \(broken\)\n$/)
})

test('what a stranger wrote cannot steer the terminal', () => {
  const { log, lines } = logged({ isTTY: true })
  log.info({ name: '\u001b[2J\u202eevil\r\n' }, 'device \u001b]0;title\u0007 asks')
  assert.ok(!/[\u001b\u0007\u202e\r]/.test(lines[0] ?? ''), JSON.stringify(lines[0]))
})
