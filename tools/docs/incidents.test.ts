import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readPage, root, sectionOf, tableRows } from './markdown.ts'

/** The rows that claim a test: number, incident, files. */
const rows = tableRows(sectionOf(readPage('docs/security.md'), 'Incidents and their tests'), 'number')

describe('the incidents of docs/security.md', () => {
  test('each claims at least one test file, and each number stands once', () => {
    assert.ok(rows.length > 0, 'a table')
    for (const [number = '', , files = ''] of rows) {
      assert.match(number, /^T(?:0[1-9]|[1-3]\d|4[0-3])$/)
      assert.notEqual(files, '', number)
    }
    assert.equal(new Set(rows.map(([number]) => number)).size, rows.length)
  })

  for (const [number = '', , files = ''] of rows) {
    test(`${number} is named by a test in each file that is said to test it`, () => {
      for (const file of files.split(', ')) {
        assert.match(file, /^packages\/.*\.test\.ts$/)
        assert.ok(existsSync(join(root, file)), `${file} is not there`)
        const text = readFileSync(join(root, file), 'utf8')
        assert.ok(namesInTitle(text, number) || file.includes(number.toLowerCase()), `${file}: no ${number}`)
      }
    })
  }
})

/** Whether a test or a group of tests has the number in its name, which may stand on the line after the call. */
function namesInTitle(text: string, number: string): boolean {
  return new RegExp(`(?:test|it|describe|suite)(?:\\.\\w+)?\\(\\s*['"\`][^'"\`\\n]*\\b${number}\\b`).test(
    text,
  )
}
