import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readTerminalQr } from '../../test/read-terminal-qr.ts'
import { largeDigits } from './large-digits.ts'
import { terminalQr } from './terminal-qr.ts'

const LINK = `https://gw-1.example.net:18789/__pairgate__/pair#pgi_${'Ab3-_'.repeat(8)}xyz0123456`

describe('a QR code on a terminal', () => {
  for (const colours of [true, false]) {
    test(`is read by a scanner ${colours ? 'in black on white' : 'without colours, on a dark terminal'}`, () => {
      assert.equal(readTerminalQr(terminalQr(LINK, colours).lines.join('\n')), LINK)
    })
  }
  test('fits into 80 columns with a link, and says how wide it is', () => {
    const { lines, width } = terminalQr(LINK, false)
    assert.ok(width <= 60)
    for (const line of lines) assert.equal([...line].length, width)
  })
  test('reads back whatever link stands in it', () => {
    const texts = fc.stringMatching(/^[A-Za-z0-9:/._#-]{1,120}$/)
    fc.assert(
      fc.property(texts, fc.boolean(), (text, colours) => {
        assert.equal(readTerminalQr(terminalQr(text, colours).lines.join('\n')), text)
      }),
      { numRuns: 20 },
    )
  })
})

test('large digits are five lines that differ for each digit', () => {
  const drawn = [...'0123456789'].map((digit) => largeDigits(digit).join('\n'))
  assert.equal(new Set(drawn).size, 10)
  assert.equal(largeDigits('482 913').length, 5)
  for (const line of largeDigits('482 913')) assert.ok(line.length <= 60)
})
