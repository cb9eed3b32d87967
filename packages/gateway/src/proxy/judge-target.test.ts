import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { carriesOurSecret, judgeRawTarget, judgeTarget } from './judge-target.ts'

const GOOD = [
  '/',
  '/a',
  '/a/',
  '/a/b.c',
  '/a?b=c',
  '/?',
  '/a?b=%2F&c=[1]',
  '/%C3%A9',
  '/a%20b',
  "/it's",
  '/a:b@c',
  '/...',
  '/a?next=/../x',
  '/%3f',
]
const BAD = [
  '',
  '*',
  'a',
  'http://a/',
  '//',
  '//a',
  '/a//b',
  '/.',
  '/..',
  '/a/../b',
  '/a/.',
  '/a/./b',
  '/%2e',
  '/%2E%2e/a',
  '/.%2e',
  '/a%2fb',
  '/a%2Fb',
  '/a%5cb',
  '/a\\b',
  '/a;b',
  '/a%3bb',
  '/a#b',
  '/a%23b',
  '/a%00',
  '/a%0d%0a',
  '/a%7f',
  '/a%25b',
  '/a%',
  '/a%2',
  '/a%zz',
  '/%61',
  '/%41',
  '/%7e',
  '/%2d',
  '/%30',
  '/%5f',
  '/%c0%af',
  '/%e0%80%af',
  '/%ff',
  '/%ed%a0%80',
  '/a b',
  '/a\tb',
  '/a\u00e9',
  '/a"b',
  '/a<b',
  '/a|b',
  '/a^b',
  '/a`b',
  '/a{b}',
  '/a[b]',
  '/a?b\\c',
  '/a?b#c',
  '/a?b;c',
  '/a?b%00',
  '/a?b c',
  '/a?b%',
  '/a?"',
  '/a?<',
  `/${'a'.repeat(8_192)}`,
]

test('a target of one meaning passes, as it was written', () => {
  for (const raw of GOOD) assert.equal(judgeTarget(raw)?.raw, raw, raw)
})
test('a target that programs read differently is refused (T34)', () => {
  for (const raw of BAD) assert.equal(judgeTarget(raw), undefined, raw)
})

const anyTarget = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '/',
        '.',
        '..',
        '%2e',
        '%2F',
        '%25',
        '%61',
        '%C3%A9',
        'a',
        'b',
        ';',
        '\\',
        '?',
        '#',
        ' ',
        '%',
        '@',
      ),
      { maxLength: 12 },
    )
    .map((parts) => `/${parts.join('')}`),
)

test('what passes is the same path to the parser of URLs, and to who decodes it once more', () => {
  fc.assert(
    fc.property(anyTarget, (raw) => {
      const target = judgeTarget(raw)
      if (!target) return
      const url = new URL(`http://upstream.example${raw}`)
      assert.equal(url.host, 'upstream.example')
      // Only the apostrophe is escaped by that parser, and only in a query.
      assert.equal(url.pathname, target.path)
      assert.equal(target.segments.join('/'), decodeURIComponent(target.path.slice(1)))
      const once = decodeURIComponent(target.path)
      assert.deepEqual(
        once.split('/').filter((each) => each === '..' || each === '.'),
        [],
      )
      assert.equal(decodeURIComponent(once), once)
      assert.ok(!/[\\;#\0-\x1f\x7f]/.test(once))
    }),
    { numRuns: 2_000 },
  )
})
test('a raw target is one line of plain letters', () => {
  for (const raw of ['/', '/../a', '/a;b//c\\d', '/%2f%00?x;y']) assert.equal(judgeRawTarget(raw)?.raw, raw)
  for (const raw of ['', '*', 'a', '/a b', '/a#b', '/\u00e9', '/a\r\nb', 'http://a/'])
    assert.equal(judgeRawTarget(raw), undefined)
})
test('a secret of ours is found in a URL, however it is escaped (T02)', () => {
  const secret = `pga_${'A'.repeat(43)}`
  for (const raw of [
    `/?token=${secret}`,
    `/${secret}/x`,
    `/?x=%70ga_${'A'.repeat(43)}`,
    `/?x=%70%67%61%5f${'%41'.repeat(43)}`,
  ])
    assert.ok(carriesOurSecret(raw), raw)
  for (const raw of ['/?token=theirs', '/?access_token=abc', '/pga_short', '/%zz'])
    assert.ok(!carriesOurSecret(raw), raw)
})
