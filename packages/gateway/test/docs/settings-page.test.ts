import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CONFIG_KEYS, configRow } from '../../src/config/config-schema.ts'

const page = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8')
const settingsPart = page.split(/^## /m).find((part) => part.startsWith('Settings\n')) ?? ''

test('docs/operations.md names every setting with default, meaning, variable and flag, and no other', () => {
  const documented = [...settingsPart.matchAll(/^\| `(gateway\.[A-Za-z.]+)` \| (.*) \|$/gm)].map(
    ([, key, rest = '']) => [key, ...rest.split('|').map((cell) => cell.trim().replaceAll('`', ''))],
  )
  const settings = CONFIG_KEYS.map((key) => {
    const { default: value, description, env = '', flag = '' } = configRow(key)
    const shown = value === undefined ? 'unset' : JSON.stringify(value)
    return [key, shown, description.replaceAll('`', ''), env, flag]
  })
  assert.deepEqual(documented, settings)
})
