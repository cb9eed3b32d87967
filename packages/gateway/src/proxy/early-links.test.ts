import assert from 'node:assert/strict'
import { test } from 'node:test'
import { earlyLinks } from './early-links.ts'

test('of links that come early each is passed on that can be written, and no other', () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['</a.css>; rel=preload; as=style', ['</a.css>; rel=preload; as=style']],
    ['</a>; rel=preload, </b>; rel="preload"', ['</a>; rel=preload', '</b>; rel="preload"']],
    ['<https://c.example/?a,b>; crossorigin', ['<https://c.example/?a,b>; crossorigin']],
    ['</a>; title="x, y"; rel=next,</b>;rel=next', ['</b>;rel=next']],
    ['garbage;;<>', []],
    ['', []],
    ['</a>; rel="un, </b>; rel=next', []],
    ['</\u00e9>; rel=next', []],
  ]
  for (const [value, links] of table) assert.deepEqual(earlyLinks([value]), links, value)
})
