import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommandError } from './command-error.ts'
import { describeFailure } from './print-error.ts'

test('a person reads one sentence and what to do next, on stderr', () => {
  const error = new CommandError('Missing.', { next: ['Do this.'] })
  assert.deepEqual(describeFailure(error, undefined, false), {
    stdout: '',
    stderr: 'Missing.\nDo this.\n',
    exitCode: 1,
  })
})

test('a program reads the default shape on stdout', () => {
  const { stdout, stderr } = describeFailure(
    new CommandError('Missing.', { next: ['Do this.'] }),
    'value',
    false,
  )
  assert.deepEqual(JSON.parse(stdout), { ok: false, error: { type: 'cli_error', message: 'Missing.' } })
  assert.equal(stderr, 'Missing.\nDo this.\n')
})

test('an unreachable gateway is told to a program with the target, and stderr stays quiet', () => {
  const shape = {
    type: 'gateway_transport_error',
    kind: 'closed',
    message: 'no',
    reason: 'ECONNREFUSED',
  } as const
  const gateway = { url: 'ws://127.0.0.1:1', urlSource: 'cli --url' }
  const { stdout, stderr, exitCode } = describeFailure(
    new CommandError('no', { shape, gateway }),
    'value',
    false,
  )
  assert.deepEqual(JSON.parse(stdout), { ok: false, error: shape, gateway })
  assert.equal(stderr, '')
  assert.equal(exitCode, 1)
})

test("the gateway's refusal keeps its code and details", () => {
  const shape = {
    type: 'gateway_request_error',
    code: 'FORBIDDEN',
    message: 'missing scope: operator.pairing',
    details: { code: 'MISSING_SCOPE' },
    retryable: false,
  } as const
  const { stdout } = describeFailure(
    new CommandError('missing scope: operator.pairing', { shape }),
    'value',
    false,
  )
  assert.deepEqual(JSON.parse(stdout), { ok: false, error: shape })
})

test('a few answers stay plain text also for programs', () => {
  const { stdout, stderr } = describeFailure(new CommandError('No.', { plainAlways: true }), 'value', false)
  assert.equal(stdout, '')
  assert.equal(stderr, 'No.\n')
})

test("a gateway's words cannot drive the terminal", () => {
  const { stderr } = describeFailure(new CommandError('bad \u001b[2Jword'), undefined, false)
  assert.equal(stderr, 'bad \\u{1b}[2Jword\n')
})

test('a surprise says how to see more, and shows its stack only when asked', () => {
  const quiet = describeFailure(new TypeError('x is not a function'), 'value', false)
  assert.match(
    quiet.stderr,
    /^\[openclaw\] The CLI command failed\.\n\[openclaw\] Reason: x is not a function\n/,
  )
  assert.deepEqual(JSON.parse(quiet.stdout), {
    ok: false,
    error: { type: 'cli_error', message: 'x is not a function' },
  })
  assert.doesNotMatch(quiet.stderr, /print-error\.test/)
  assert.match(describeFailure(new TypeError('x'), undefined, true).stderr, /print-error\.test/)
})

test('a command that prints a line for each step says in one line that it failed', () => {
  for (const error of [new CommandError('Missing.', { next: ['Do this.'] }), new TypeError('x\ny')]) {
    const { stdout } = describeFailure(error, 'lines', false)
    assert.equal(stdout.indexOf('\n'), stdout.length - 1)
    assert.equal(JSON.parse(stdout).error.message, error.message)
  }
})
