import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '@pairgate/protocol/wire'
import { holdsTooMuch } from './holds-too-much.ts'

test('a frame holds too much by its values, not by the letters in them', () => {
  const many = LIMITS.frameValues
  const table: readonly (readonly [string, boolean])[] = [
    ['['.repeat(LIMITS.preAuthFrameBytes), false],
    ['['.repeat(many), false],
    ['['.repeat(many + 1), true],
    [`[${'{},'.repeat(many)}1]`, true],
    [`[${'1,'.repeat(many)}1]`, true],
    [`{"a":"${'[{,'.repeat(many)}"}`, false],
    [`{"a":"${'\\"['.repeat(many)}"}`, false],
    [`{"a":"\\\\",${'['.repeat(many)}`, true],
    [`{"a":"\\\\\\"${'['.repeat(many)}"}`, false],
    [`"${'['.repeat(many + 1)}`, false],
    [`${'"a",'.repeat(many + 1)}`, true],
  ]
  for (const [text, wanted] of table) assert.equal(holdsTooMuch(text), wanted, text.slice(0, 20))
})
