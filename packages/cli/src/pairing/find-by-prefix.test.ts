import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ambiguousId, findByPrefix, isCompleteId, shortIds } from './find-by-prefix.ts'

const hex = fc.stringMatching(/^[0-9a-f]{0,12}$/)
const ids = ['aaaaaaaa11111111', 'aaaaaaaa22222222', 'bbbbbbbb33333333', 'bbbbbbbb']
const find = (typed: string) => findByPrefix(ids, (id) => id, typed)

test('a whole id is found, also when it is the beginning of another', () => {
  assert.deepEqual(find('bbbbbbbb'), { kind: 'one', row: 'bbbbbbbb' })
  assert.deepEqual(find('AAAAAAAA11111111 '), { kind: 'one', row: 'aaaaaaaa11111111' })
})

test('eight letters that fit one id are enough, and seven are not', () => {
  assert.deepEqual(find('bbbbbbbb3'), { kind: 'one', row: 'bbbbbbbb33333333' })
  assert.deepEqual(
    findByPrefix(['cccccccc1'], (id) => id, 'cccccccc'),
    { kind: 'one', row: 'cccccccc1' },
  )
  assert.deepEqual(
    findByPrefix(['cccccccc1'], (id) => id, 'ccccccc'),
    { kind: 'none' },
  )
})

test('a beginning that fits two ids names both', () => {
  const found = find('aaaaaaaa')
  assert.deepEqual(found, { kind: 'many', rows: ['aaaaaaaa11111111', 'aaaaaaaa22222222'] })
  const error = ambiguousId('aaaaaaaa', found.kind === 'many' ? found.rows : [], (id) => id)
  assert.deepEqual(error.next, ['  aaaaaaaa11111111', '  aaaaaaaa22222222'])
})

test('what fits nothing is not found', () => {
  assert.deepEqual(find('dddddddd'), { kind: 'none' })
  assert.deepEqual(find(''), { kind: 'none' })
})

test('an id found by a beginning always begins with it', () => {
  fc.assert(
    fc.property(fc.array(hex), hex, (rows, typed) => {
      const found = findByPrefix(rows, (id) => id, typed)
      if (found.kind === 'one') assert.ok(found.row.toLowerCase().startsWith(typed.toLowerCase()))
    }),
  )
})

test('only device ids and UUIDs are whole', () => {
  assert.ok(isCompleteId('a'.repeat(64)))
  assert.ok(isCompleteId('935cddd1-8450-4556-be94-8fe78cbfa5c6'))
  for (const text of ['', 'nope', '935cddd1', 'a'.repeat(63)]) assert.ok(!isCompleteId(text))
})

test('short ids grow until they tell all ids apart', () => {
  assert.deepEqual(shortIds(['aaaaaaaa11', 'aaaaaaaa22', 'cccccccccc']), [
    'aaaaaaaa1',
    'aaaaaaaa2',
    'ccccccccc',
  ])
  assert.deepEqual(shortIds(['aaaaaaaa11', 'aaaaaaaa11']), ['aaaaaaaa', 'aaaaaaaa'])
  assert.deepEqual(shortIds([]), [])
})
