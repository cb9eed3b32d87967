import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatJsonLine } from '@pairgate/protocol'
import fc from 'fast-check'
import { formatJson } from './print-json.ts'

test('JSON is indented by two spaces', () => {
  assert.equal(formatJson({ pending: [], paired: [] }), '{\n  "pending": [],\n  "paired": []\n}')
})

test('whatever a name holds, the JSON means the same and a terminal obeys none of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const json = formatJsonLine({ name })
      assert.deepEqual(JSON.parse(json), { name })
      assert.doesNotMatch(json, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
    }),
  )
})
