import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TlsPin } from '@pairgate/protocol'
import type { Platform } from './platform/platform.ts'
import { tlsPinOf } from './tls-pin-of.ts'

const PIN = 'ab'.repeat(32) as TlsPin

test('a pin is read in any spelling, and only for an address that can be held against it', () => {
  const read = (url: string, tlsFingerprint: string) => tlsPinOf({ url, tlsFingerprint })
  assert.equal(read('wss://gate.example', `SHA256:${PIN.toUpperCase()}`), PIN)
  assert.throws(() => read('wss://gate.example', 'abc'), { code: 'INVALID_FINGERPRINT' })
  assert.throws(() => read('ws://127.0.0.1', PIN), { code: 'INVALID_FINGERPRINT' })
})

test('a page, which is shown no certificate, refuses a pin instead of passing over it', async () => {
  // Its types are those of browsers, which are not known here.
  const file: string = './browser/browser-platform.ts'
  const { platform }: { readonly platform: Platform } = await import(file)
  const address = { name: 'gate.example', url: 'wss://gate.example', tlsPin: PIN }
  assert.throws(() => platform.openWebSocket(address), { code: 'INVALID_FINGERPRINT' })
})
