import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatInvitationSecret, parseInvitationSecret } from './invitation-secret.ts'
import { formatPairCode, PAIR_CODES, pairCodeOf, parsePairCode } from './pair-code.ts'
import { formatTokenSecret, parseTokenSecret } from './token-secret.ts'

const bits = fc.uint8Array({ minLength: 32, maxLength: 32 })
const drawn = fc.integer({ min: 0, max: PAIR_CODES - 1 })

test('an invitation secret parses, and one changed letter does not', () => {
  fc.assert(
    fc.property(bits, fc.nat({ max: 53 }), fc.constantFrom('A', 'z', '7', '_'), (bytes, at, letter) => {
      const secret = formatInvitationSecret(bytes)
      assert.match(secret, /^pgi_[A-Za-z0-9_-]{43}[0-9a-z]{7}$/)
      assert.equal(parseInvitationSecret(secret), secret)
      const changed = secret.slice(0, at) + letter + secret.slice(at + 1)
      if (changed !== secret) assert.equal(parseInvitationSecret(changed), undefined)
    }),
  )
})
test('no secret is taken for one of another kind', () => {
  fc.assert(
    fc.property(bits, (bytes) => {
      const token = formatTokenSecret(bytes)
      const invitation = formatInvitationSecret(bytes)
      assert.equal(parseInvitationSecret(token), undefined)
      assert.equal(parseTokenSecret(invitation), undefined)
      assert.equal(parseInvitationSecret(token.replace('pgd_', 'pgi_')), undefined)
      assert.equal(parsePairCode(invitation), undefined)
    }),
  )
})
test('every code is read however people space it', () => {
  const filling = fc.constantFrom('', ' ', '-', '\u00a0', '\u202f', '\u2011', '\u2013', '\t', '\u200b')
  fc.assert(
    fc.property(drawn, fc.array(filling, { minLength: 7, maxLength: 7 }), (number, fillings) => {
      const code = pairCodeOf(number)
      const typed = fillings.map((between, at) => between + (code[at] ?? '')).join('')
      assert.equal(parsePairCode(typed), code)
      assert.equal(parsePairCode(formatPairCode(code)), code)
    }),
  )
})
test('a code keeps its zeros, and is read aloud in two halves', () => {
  assert.equal(pairCodeOf(0), '000000')
  assert.equal(pairCodeOf(1_234), '001234')
  assert.equal(formatPairCode(pairCodeOf(482_913)), '482 913')
})
test('what is not six digits is no code', () => {
  const digitsOfOthers = '\u0664\u0668\u0662\u0669\u0661\u0663'
  const wrong = ['', '12345', '1234567', '12345a', '1 2 3 4 5', '+12345', '123.456', digitsOfOthers]
  assert.deepEqual(
    wrong.map(parsePairCode),
    wrong.map(() => undefined),
  )
  assert.equal(parsePairCode(`123456${' '.repeat(100)}`), undefined)
})
test('arbitrary text never throws', () => {
  fc.assert(fc.property(fc.string(), (text) => parseInvitationSecret(text) === undefined))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parsePairCode(text)))
})
