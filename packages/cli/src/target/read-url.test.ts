import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLoopbackUrl, readUrl } from './read-url.ts'

test('an address may be written with any scheme that leads to a gateway', () => {
  assert.equal(readUrl('ws://127.0.0.1:18789'), 'ws://127.0.0.1:18789')
  assert.equal(readUrl('http://localhost:18789/'), 'ws://localhost:18789')
  assert.equal(readUrl('https://gate.example/ws'), 'wss://gate.example/ws')
})

test('what is no address is refused', () => {
  for (const text of ['', 'nope', 'ftp://host', '127.0.0.1:18789', 'ws://']) {
    assert.throws(() => readUrl(text), /Invalid gateway URL/, text)
  }
})

test('an address that carries a secret is refused without repeating it', () => {
  for (const text of ['wss://user:hunter2@host', 'wss://host/?token=hunter2', 'wss://host/#hunter2']) {
    assert.throws(
      () => readUrl(text),
      (error: Error) => !error.message.includes('hunter2'),
    )
  }
})

test('only names and addresses of this machine are loopback', () => {
  for (const host of ['localhost', '127.0.0.1:1', '127.9.9.9', '[::1]'])
    assert.ok(isLoopbackUrl(`ws://${host}`), host)
  for (const host of ['127.0.0.1.example', '10.0.0.1', '[::2]', 'localhost.example']) {
    assert.ok(!isLoopbackUrl(`ws://${host}`), host)
  }
})
