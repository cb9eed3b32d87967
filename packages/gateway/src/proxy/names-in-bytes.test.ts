import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNamesInBytes } from './names-in-bytes.ts'

test('a name is made anew only as long as it is not remembered, and never taken for another', () => {
  const made: string[] = []
  const nameOf = createNamesInBytes((written) => {
    made.push(written)
    return written
  })
  const names = ['', 'Via', 'via', 'Age', 'X-\u00e4', 'X-\u00c4', 'n'.repeat(64), 'n'.repeat(65)]
  for (let time = 0; time < 2; time += 1)
    for (const name of names) assert.equal(nameOf(Buffer.from(name, 'latin1')), name)
  assert.deepEqual(made, [...names, 'n'.repeat(65)])
})

test('names of one length push each other out', () => {
  const nameOf = createNamesInBytes((written) => ({ written }))
  const first = nameOf(Buffer.from('x-00'))
  assert.equal(nameOf(Buffer.from('x-00')), first)
  const many = Array.from({ length: 40 }, (_each, at) => `x-${String(at).padStart(2, '0')}`)
  for (const name of [...many, ...many]) assert.equal(nameOf(Buffer.from(name)).written, name)
  assert.notEqual(nameOf(Buffer.from('x-00')), first)
})

test('what becomes of the bytes afterwards changes nothing', () => {
  const nameOf = createNamesInBytes((written) => written)
  const bytes = Buffer.from('date')
  nameOf(bytes)
  bytes.write('late')
  assert.equal(nameOf(bytes), 'late')
  assert.equal(nameOf(Buffer.from('date')), 'date')
})
