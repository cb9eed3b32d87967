import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseWebOrigin } from './web-origin.ts'

test('an origin is read in its one spelling', () => {
  for (const origin of ['https://app.example', 'http://127.0.0.1:8080', 'http://[::1]:3000'])
    assert.equal(parseWebOrigin(origin), origin)
})

test('what another program would spell in another way is no origin', () => {
  const others = [
    '',
    'app.example',
    'https://app.example/',
    'https://app.example/path',
    'https://App.example',
    'https://app.example:443',
    'http://app.example:80',
    'https://app.example:0',
    'https://user@app.example',
    'https://app.example?x',
    'https://app.example#x',
    'wss://app.example',
    'https://',
    ' https://app.example',
    'https://app.example\n',
  ]
  for (const text of others) assert.equal(parseWebOrigin(text), undefined, text)
})
