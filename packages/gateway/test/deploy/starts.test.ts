import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { FRONT_NAMES, type FrontName, missingFor, openFront } from './front.ts'
import { assertStart, type Opened } from './start-checks.ts'
import { makeCredentials } from './start-credentials.ts'
import { STARTS } from './start-table.ts'

const there = FRONT_NAMES.filter((name) => !missingFor(name))
const fronts = new Map(await Promise.all(there.map(async (name) => [name, await open(name)] as const)))

async function open(name: FrontName): Promise<Opened> {
  const front = await openFront({ after }, name)
  return { front, by: await makeCredentials(front.gateway, front.origin) }
}

for (const name of FRONT_NAMES) {
  describe(`what reaches an app, and as what: ${name}`, { skip: missingFor(name) }, () => {
    for (const row of STARTS) {
      const outcome = row.outcome[name]
      test(`${row.request}: ${outcome} (T30)`, () =>
        assertStart(fronts.get(name) ?? assert.fail(), row, outcome))
    }
  })
}
