import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatAccessSecret, parseAccessSecret } from './access-secret.ts'
import { formatAppCookie, formatAppTicket, parseAppCookie, parseAppTicket } from './app-secrets.ts'

const bits = fc.uint8Array({ minLength: 32, maxLength: 32 })

test('a ticket and the cookie of an app are read as they were written, with one other letter as nothing', () => {
  fc.assert(
    fc.property(bits, fc.nat(53), (random, at) => {
      const kinds = [
        {
          secret: formatAppTicket(random),
          look: /^pgt_[A-Za-z0-9_-]{43}[0-9a-z]{7}$/,
          parse: parseAppTicket,
        },
        {
          secret: formatAppCookie(random),
          look: /^pgc_[A-Za-z0-9_-]{43}[0-9a-z]{7}$/,
          parse: parseAppCookie,
        },
      ]
      for (const { secret, look, parse } of kinds) {
        assert.match(secret, look)
        assert.equal(parse(secret), secret)
        const other = secret[at] === 'x' ? 'y' : 'x'
        assert.equal(parse(secret.slice(0, at) + other + secret.slice(at + 1)), undefined)
      }
    }),
  )
})

test('tickets, cookies of apps and access tokens are not taken for each other', () => {
  const random = new Uint8Array(32).fill(7)
  const secrets = [formatAppTicket(random), formatAppCookie(random), formatAccessSecret(random)]
  const parsers = [parseAppTicket, parseAppCookie, parseAccessSecret]
  for (const [one, secret] of secrets.entries())
    for (const [other, parse] of parsers.entries())
      assert.equal(parse(secret), one === other ? secret : undefined)
})
