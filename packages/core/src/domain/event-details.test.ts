import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readDetails, writeDetails } from './event-details.ts'

test('equal details have one spelling, in whatever order they were put together', () => {
  const before = { scopes: ['operator.read'], name: 'Küche', session: undefined }
  const one = writeDetails({ address: '192.0.2.1', before, after: undefined })
  const other = writeDetails({ before: { name: 'Küche', scopes: ['operator.read'] }, address: '192.0.2.1' })
  assert.equal(one, other)
  assert.equal(one, '{"address":"192.0.2.1","before":{"name":"Küche","scopes":["operator.read"]}}')
})

const PLAIN = { noNullPrototype: true } as const

test('details come back as they were written', () => {
  const text = fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined })
  const count = fc.option(fc.nat(), { nil: undefined })
  const state = fc.record(
    {
      name: text,
      label: text,
      roles: fc.option(fc.array(fc.string()), { nil: undefined }),
      scopes: fc.option(fc.array(fc.string()), { nil: undefined }),
      session: text,
      expiresAt: count,
      fault: text,
      seq: count,
      count,
      until: count,
      epoch: count,
      mac: text,
    },
    PLAIN,
  )
  const side = fc.option(state, { nil: undefined })
  fc.assert(
    fc.property(
      fc.record({ before: side, after: side, address: text, connection: text }, PLAIN),
      (details) => {
        assert.deepEqual(readDetails(writeDetails(details)), details)
      },
    ),
  )
})

test('a text that somebody else has written is read without failing', () => {
  for (const body of ['', 'no JSON', 'null', '7', '[]', '"text"']) assert.equal(readDetails(body), undefined)
  fc.assert(
    fc.property(fc.json(), (body) => {
      readDetails(body)
    }),
  )
  const odd = readDetails('{"before":[],"after":{"scopes":"all","name":7},"address":{}}')
  assert.deepEqual(
    [odd?.before, odd?.after?.scopes, odd?.after?.name, odd?.address],
    Array(4).fill(undefined),
  )
})
