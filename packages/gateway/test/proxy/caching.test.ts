import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { openProxy } from './proxy-world.ts'

const { upstream, enter, ask } = await openProxy({ after }, [
  { match: { path: '/app' }, scope: 'operator.read' },
  { match: { path: '/maybe' }, scope: 'operator.read', auth: 'optional' },
  { match: { path: '/open' }, auth: 'public' },
])
const { accessToken: token } = await enter()

type Written = Readonly<Record<string, string | readonly string[]>>

async function answered(path: string, headers: Written, asking: object = { token }) {
  upstream.answerBy((_request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    response.end('fine')
  })
  return (await ask(path, asking)).headers
}

const SAID: readonly (readonly [string | readonly string[] | undefined, string])[] = [
  [undefined, 'private'],
  ['', 'private'],
  ['public, max-age=31536000, immutable', 'max-age=31536000, immutable, private'],
  ['Public,S-MaxAge=60,Max-Age=5', 'Max-Age=5, private'],
  [['public', 'max-age=5'], 'max-age=5, private'],
  ['private="set-cookie", max-age=5', 'max-age=5, private'],
  ['no-cache="set-cookie, public"', 'no-cache="set-cookie, public", private'],
  ['must-understand, no-store', 'must-understand, no-store, private'],
  ['no-store', 'no-store, private'],
  ['max-age=5, private', 'max-age=5, private'],
  ['max-age=5, x="public', 'no-store'],
  ['max-age=5 public', 'no-store'],
]

describe('what a cache in front may keep', () => {
  test('of an answer to somebody who was let in nothing that others are served from, whatever the app says', async () => {
    for (const [said, told] of SAID) {
      const headers = await answered('/app', said === undefined ? {} : { 'Cache-Control': said })
      assert.equal(headers['cache-control'], told, String(said))
    }
  })
  test('nor by a header that only some caches obey', async () => {
    const own: Written = {
      'CDN-Cache-Control': 'max-age=60',
      'Cloudflare-CDN-Cache-Control': 'max-age=60',
      'Surrogate-Control': 'max-age=60',
      'Edge-Control': 'max-age=60',
      'X-Accel-Expires': '60',
    }
    const headers = await answered('/app', { ...own, ETag: '"1"', Expires: 'Sun, 22 Nov 2099 00:00:00 GMT' })
    assert.deepEqual(
      Object.keys(own).filter((name) => name.toLowerCase() in headers),
      [],
    )
    assert.deepEqual([headers['cache-control'], headers['etag']], ['private', '"1"'])
  })
  test('what the app says of an answer that anybody gets', async () => {
    const own: Written = { 'Cache-Control': 'public, s-maxage=60', 'Surrogate-Control': 'max-age=60' }
    for (const path of ['/open', '/maybe']) {
      const headers = await answered(path, own, {})
      assert.deepEqual([headers['cache-control'], headers['surrogate-control']], Object.values(own), path)
    }
    assert.equal((await answered('/open', {}, { token }))['cache-control'], undefined)
    assert.equal((await answered('/maybe', own))['cache-control'], 'private')
  })
})
