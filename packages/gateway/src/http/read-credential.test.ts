import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeRequest } from '../../test/house/fake-request.ts'
import { readCredential } from './read-credential.ts'

const token = `pga_${'a'.repeat(50)}`
const bearer = `Bearer ${token}`

test('a credential is read alike however often it comes, and two of them never', () => {
  for (let time = 0; time < 3; time += 1) {
    const request = fakeRequest({ headers: { Authorization: bearer } })
    assert.deepEqual(readCredential(request), { scheme: 'bearer', token })
    request.rawHeaders.push('AUTHORIZATION', bearer)
    assert.equal(readCredential(request), 'unclear')
    for (const unclear of [
      `${bearer},`,
      `Bearer pga_${'!'.repeat(50)}`,
      `Basic ${token}`,
      `Bearer  x ${token}`,
      'DPoP',
    ])
      assert.equal(readCredential(fakeRequest({ headers: { Authorization: unclear } })), 'unclear', unclear)
    assert.equal(readCredential(fakeRequest({ headers: { Authorization: 'Basic dTpw' } })), 'foreign')
    const long = 'x'.repeat(200)
    assert.deepEqual(readCredential(fakeRequest({ headers: { Authorization: `dpop  ${long}` } })), {
      scheme: 'dpop',
      token: long,
    })
  }
})
