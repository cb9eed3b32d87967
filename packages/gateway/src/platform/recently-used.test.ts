import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRecentlyUsed } from './recently-used.ts'

test('the keys used last are remembered, and no more than the limit', () => {
  const made: string[] = []
  const find = createRecentlyUsed(2, (key) => {
    made.push(key)
    return key.toUpperCase()
  })
  assert.deepEqual(['a', 'b', 'a', 'c', 'a', 'b'].map(find), ['A', 'B', 'A', 'C', 'A', 'B'])
  // `c` pushed out `b`, which was used before `a`.
  assert.deepEqual(made, ['a', 'b', 'c', 'b'])
})

test('what could not be made is not remembered', () => {
  let tries = 0
  const find = createRecentlyUsed(2, (key) => {
    tries += 1
    if (tries === 1) throw new Error(key)
    return tries
  })
  assert.throws(() => find('a'))
  assert.equal(find('a'), 2)
})

test('what means nothing is not kept, and pushes nothing out', () => {
  const made: string[] = []
  const find = createRecentlyUsed(1, (key) => {
    made.push(key)
    return key === 'good' ? key : undefined
  })
  assert.deepEqual(['good', 'bad', 'bad', 'good'].map(find), ['good', undefined, undefined, 'good'])
  assert.deepEqual(made, ['good', 'bad', 'bad'])
})
