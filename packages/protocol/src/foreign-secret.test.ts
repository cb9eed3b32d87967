import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseForeignSecret } from './foreign-secret.ts'
import { formatTokenSecret } from './token-secret.ts'

const OPENCLAW = 'nkqzEy5TMQN6B1GKKxA4HtqQ17sgCoI192Q-i_1zdow'

test('a token of OpenClaw is a foreign secret, one of ours, also with a slip, is none', () => {
  assert.equal(parseForeignSecret(OPENCLAW), OPENCLAW)
  const own = formatTokenSecret(new Uint8Array(32))
  assert.equal(parseForeignSecret(own), undefined)
  assert.equal(parseForeignSecret(`${own}x`), undefined)
})

test('what could be guessed, is overlong or holds other letters is no foreign secret', () => {
  for (const text of [
    '',
    'letmein',
    'a'.repeat(31),
    'a'.repeat(129),
    `${OPENCLAW} `,
    `${OPENCLAW}=`,
    `${OPENCLAW}\n`,
  ])
    assert.equal(parseForeignSecret(text), undefined, JSON.stringify(text))
})
