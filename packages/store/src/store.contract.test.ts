import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { describeStoreContract } from './contract/store-contract.ts'
import { openSqliteStore } from './sqlite/sqlite-store.ts'

const directory = mkdtempSync(join(tmpdir(), 'store-contract-'))
let files = 0
after(() => rmSync(directory, { recursive: true }))

describeStoreContract('SQLite in memory', () => openSqliteStore({ path: ':memory:' }))
describeStoreContract('SQLite on a file', () => {
  files += 1
  return openSqliteStore({ path: join(directory, `${files}.db`) })
})
