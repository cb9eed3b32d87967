import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CLIENT_VERSION, completeClientInfo } from './introduction.ts'

test('the version that the client tells is the version of the package', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  assert.equal(CLIENT_VERSION, manifest.version)
})

test('what a caller says about itself goes before what we would say', () => {
  const info = completeClientInfo({ id: 'node-host', mode: 'node', displayName: 'Own' }, 'Other')
  assert.deepEqual(
    [info.id, info.mode, info.displayName, info.version],
    ['node-host', 'node', 'Own', CLIENT_VERSION],
  )
})
