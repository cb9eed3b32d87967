import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { METRICS } from '../../src/metrics/metric-table.ts'

const page = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8')
const part = page.split(/^## /m).find((text) => text.startsWith('Metrics\n')) ?? ''

test('docs/operations.md names every metric with type, labels and meaning, and no other', () => {
  const documented = [...part.matchAll(/^\| `([a-z_]+)` \| (.*) \|$/gm)].map(([, name, rest = '']) => [
    name,
    ...rest.split('|').map((cell) => cell.trim().replaceAll('`', '')),
  ])
  const measured = Object.entries(METRICS).map(([name, { type, labels, help }]) => [
    name,
    type,
    labels.join(', '),
    help,
  ])
  assert.deepEqual(documented, measured)
})
test('the alerts that it names speak of metrics that there are', () => {
  const alerts = part.split('Worth an alert:')[1] ?? ''
  const named = [...alerts.matchAll(/`([a-z]+_[a-z_]+)/g)].map(([, name = '']) => name)
  assert.ok(named.length > 0)
  for (const name of named) assert.ok(name in METRICS, name)
})
