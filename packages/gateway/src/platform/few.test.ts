import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Few, itemsOf, withItem, withoutItem } from './few.ts'

const [ONE, OTHER, THIRD] = [{ n: 1 }, { n: 2 }, { n: 3 }]

function holding(...items: readonly object[]): Few<object> {
  return items.reduce<Few<object>>((few, item) => withItem(few, item), undefined)
}

test('a few things are a set: each is there once, in the order in which they came', () => {
  assert.deepEqual([...itemsOf(holding())], [])
  assert.deepEqual([...itemsOf(holding(ONE, ONE))], [ONE])
  assert.deepEqual([...itemsOf(holding(ONE, OTHER, ONE, THIRD, OTHER))], [ONE, OTHER, THIRD])
})

test('what is taken out is gone, what was not there changes nothing, and the last one leaves nothing behind', () => {
  assert.equal(withoutItem(holding(ONE), ONE), undefined)
  assert.deepEqual([...itemsOf(withoutItem(holding(ONE), OTHER))], [ONE])
  assert.equal(withoutItem(undefined, ONE), undefined)
  const two = withoutItem(holding(ONE, OTHER, THIRD), OTHER)
  assert.deepEqual([...itemsOf(two)], [ONE, THIRD])
  assert.equal(withoutItem(withoutItem(two, ONE), THIRD), undefined)
})
