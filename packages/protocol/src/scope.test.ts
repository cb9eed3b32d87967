import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  coversScopes,
  expandScopes,
  joinScopes,
  meetScopes,
  missingScope,
  narrowScopes,
  parseScope,
  SCOPES,
} from './scope.ts'

const scopes = fc.subarray([...SCOPES])

test('admin brings every scope, and write brings read, talk and sessions', () => {
  assert.deepEqual([...expandScopes(['operator.admin'])].sort(), [...SCOPES].sort())
  assert.equal(
    coversScopes(['operator.write'], ['operator.read', 'operator.talk', 'operator.sessions.write']),
    true,
  )
  assert.equal(coversScopes(['operator.write'], ['operator.approvals']), false)
  assert.equal(coversScopes(['operator.read'], ['operator.write']), false)
})
test('an unknown word is never held, not even by an admin', () => {
  for (const word of ['operator.root', 'toString', '__proto__', 'operator.admin ', '']) {
    assert.equal(parseScope(word), undefined)
    assert.equal(coversScopes(['operator.admin'], [word]), false)
    assert.equal(missingScope(['operator.admin'], [word]), word)
  }
})
test('narrowing is never wider than what is held, nor than what was asked', () => {
  fc.assert(
    fc.property(scopes, scopes, (held, asked) => {
      const narrowed = narrowScopes(held, asked)
      assert.equal(coversScopes(held, narrowed), true)
      assert.equal(
        narrowed.every((scope) => asked.includes(scope)),
        true,
      )
      assert.equal(coversScopes(held, asked), narrowed.length === new Set(asked).size)
    }),
  )
})
test('what two grants have in common is all that both cover, however they name it', () => {
  assert.deepEqual(meetScopes(['operator.read'], ['operator.admin']), ['operator.read'])
  assert.deepEqual(meetScopes(['operator.write', 'operator.read'], ['operator.write']), ['operator.write'])
  fc.assert(
    fc.property(scopes, scopes, (held, asked) => {
      const common = meetScopes(held, asked)
      const covered = (scope: string) => coversScopes(held, [scope]) && coversScopes(asked, [scope])
      for (const scope of SCOPES) assert.equal(coversScopes(common, [scope]), covered(scope), scope)
      if (coversScopes(held, asked)) assert.deepEqual(common, asked)
    }),
  )
})
test('a union covers both of its parts and nothing else', () => {
  fc.assert(
    fc.property(scopes, scopes, (one, other) => {
      const both = joinScopes(one, other)
      assert.equal(coversScopes(both, [...one, ...other]), true)
      assert.equal(
        both.every((scope) => one.includes(scope) || other.includes(scope)),
        true,
      )
    }),
  )
})
