import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import type { Store } from '@pairgate/core'
import fc from 'fast-check'
import { at, device, deviceId, request } from '../contract/sample-records.ts'
import { openSqliteStore } from './sqlite-store.ts'

interface Opened {
  readonly path: string
  readonly store: Store
  /** Whether the text lies anywhere in what SQLite keeps on the disk. */
  holds(text: string): boolean
}

async function openFile(context: TestContext): Promise<Opened> {
  const directory = mkdtempSync(join(tmpdir(), 'scrub-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, 'erased.db')
  const store = await openSqliteStore({ path })
  const holds = (text: string) =>
    [path, `${path}-wal`, `${path}-shm`].some((file) => readFileSync(file).includes(text))
  return { path, store, holds }
}

/** A row of the log whose details hold a text that is nowhere else. */
const logged = (seq: number, body: string) => ({
  ...{ seq, epoch: 1, at: seq, actor: 'owner', via: undefined, kind: 'sang', deviceId: undefined },
  ...{ role: undefined, requestId: undefined, tokenId: undefined, endsConnections: undefined },
  sessionId: undefined,
  ...{ detailsHash: '', prev: '', mac: '', details: { salt: 's'.repeat(22), body } },
})

describe('in the bytes of the file and of its write-ahead log', () => {
  test('nothing is left of details that were erased, whatever was written before and between', async (context) => {
    const lengths = fc.array(fc.nat(9_000), { minLength: 1, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat(60), async (sizes, upTo) => {
        const { store, holds } = await openFile(context)
        const name = (seq: number) => `Kitchen of Ada ${seq}.`
        for (const [n, size] of sizes.entries())
          await store.mutate((tx) => tx.appendEvent(logged(n + 1, `${name(n + 1)}${'x'.repeat(size)}`)))
        assert.ok(holds(name(1)))
        const details = await store.read.listErasable({ upTo }, 0, 100)
        await store.mutate((tx) => tx.eraseDetails(details))
        assert.equal(await store.scrub(), 'none')
        for (const [n] of sizes.entries()) assert.equal(holds(name(n + 1)), n + 1 > upTo, name(n + 1))
        await store.close()
      }),
      { numRuns: 10 },
    )
  })

  test('nothing is left of devices and requests that were deleted', async (context) => {
    const { store, holds } = await openFile(context)
    const name = (n: number) => `Kitchen of Ada ${n}.`
    for (let n = 0; n < 120; n += 1) {
      await store.mutate(async (tx) => {
        await tx.saveDevice(device(n, { displayName: name(n) }))
        const metadata = { ...request(n).metadata, displayName: name(n) }
        await tx.insertRequest(request(n, { metadata, expiresAt: at(5) }))
        if (n % 3 === 2) await tx.deleteDevice(deviceId(n - 1))
      })
      if (n % 3 === 2) await store.forgetRequests(at(10), deviceId(n - 1))
    }
    assert.equal(await store.scrub(), 'none')
    for (let n = 0; n < 120; n += 1) assert.equal(holds(name(n)), n % 3 !== 1, name(n))
    await store.close()
  })

  test('traces are admitted while another program reads an older state of the file', async (context) => {
    const { path, store, holds } = await openFile(context)
    await store.mutate((tx) => tx.appendEvent(logged(1, 'Kitchen of Ada')))
    const other = new DatabaseSync(path, { readOnly: true })
    other.exec('begin')
    other.prepare('select count(*) from events').get()
    const details = await store.read.listErasable({ upTo: 1 }, 0, 1)
    await store.mutate((tx) => tx.eraseDetails(details))
    assert.equal(await store.scrub(), 'file')
    other.close()
    assert.equal(await store.scrub(), 'none')
    assert.equal(holds('Kitchen of Ada'), false)
    await store.close()
  })
})
