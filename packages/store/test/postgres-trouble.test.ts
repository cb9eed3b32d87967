import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { inspect } from 'node:util'
import type { Store, StoreTransaction } from '@pairgate/core'
import { device, use } from '../src/contract/sample-records.ts'
import { openPostgresStore } from '../src/open-store.ts'
import { StoreUnavailable, type StoreUnavailableReason } from '../src/store-unavailable.ts'
import { startPostgres } from './house/postgres-server.ts'
import { startSilentServer } from './house/silent-server.ts'

const server = await startPostgres({ after })
const warnings: Error[] = []
process.on('warning', (warning) => warnings.push(warning))
after(() => assert.deepEqual(warnings, []))

const save = (n: number) => (tx: StoreTransaction) => tx.saveDevice(device(n))
const nameOf = (url: string) => new URL(url).pathname.slice(1)

/** A store on a database of its own; `settings` of the session, such as `lock_timeout`. */
async function openFor(context: TestContext, settings: Readonly<Record<string, number>> = {}) {
  const url = await server.freshDatabase()
  await (await openPostgresStore({ url })).close()
  const words = Object.entries(settings).map(([name, ms]) => `${name}=${ms}`)
  const store = await openPostgresStore({ url: `${url}?${words.join('&')}` })
  context.after(() => store.close())
  return { url, store }
}

const failsFor = (reason: StoreUnavailableReason) => (error: unknown) => {
  assert.ok(error instanceof StoreUnavailable, inspect(error))
  assert.equal(error.reason, reason, inspect(error))
  return true
}

/** Whatever a store says of a connection that it still believed in. */
const failsWithoutServer = (error: unknown) => {
  assert.ok(error instanceof StoreUnavailable, inspect(error))
  assert.ok(['lost', 'unreachable', 'not-ready'].includes(error.reason), inspect(error))
  return true
}

async function worksAgain({ read, mutate }: Store, n: number): Promise<void> {
  await mutate(save(n))
  assert.ok((await read.listDevices()).some(({ id }) => id === device(n).id))
}

describe('a server that goes away', () => {
  test('is reported by reads and writes, and both work again when it is back', async (context) => {
    const { store } = await openFor(context)
    await Promise.all([store.mutate(save(1)), store.read.listDevices(), store.read.headSeq()])
    await server.stop()
    try {
      await assert.rejects(store.mutate(save(2)), failsWithoutServer)
      await assert.rejects(store.read.listDevices(), failsWithoutServer)
      await assert.rejects(store.noteTokenUse([use(1)]), failsFor('unreachable'))
      await assert.rejects(store.read.headSeq(), failsFor('unreachable'))
    } finally {
      await server.start()
    }
    await worksAgain(store, 3)
    assert.deepEqual(await store.read.listDevices(), [device(1), device(3)])
  })

  for (const mode of ['fast', 'immediate'] as const) {
    test(`inside a transaction (${mode} stop) leaves nothing of it behind`, async (context) => {
      const { store } = await openFor(context)
      const going = store.mutate(async (tx) => {
        await tx.saveDevice(device(1))
        await server.stop(mode)
        await server.start()
        await tx.saveDevice(device(2))
      })
      await assert.rejects(going, failsFor('lost'))
      assert.deepEqual(await store.read.listDevices(), [])
      await worksAgain(store, 3)
    })
  }

  test('may be closed behind', async (context) => {
    const { store } = await openFor(context)
    await server.stop()
    try {
      await store.close()
    } finally {
      await server.start()
    }
  })
})

describe('a connection that an operator ends', () => {
  const endAll = (url: string) => server.endConnections(nameOf(url))

  test('inside a transaction dooms it, and the next one gets a new connection', async (context) => {
    const { url, store } = await openFor(context)
    const going = store.mutate(async (tx) => {
      await tx.saveDevice(device(1))
      await endAll(url)
      await tx.saveDevice(device(2))
    })
    await assert.rejects(going, failsFor('lost'))
    assert.deepEqual(await store.read.listDevices(), [])
    await worksAgain(store, 3)
  })

  test('just before the commit dooms the transaction', async (context) => {
    const { url, store } = await openFor(context)
    const going = store.mutate(async (tx) => {
      await tx.saveDevice(device(1))
      await endAll(url)
    })
    await assert.rejects(going, failsFor('lost'))
    assert.deepEqual(await store.read.listDevices(), [])
  })

  test('under many reads fails some of them at most, and none a moment later', async (context) => {
    const { url, store } = await openFor(context)
    await store.mutate(save(1))
    const reads = Array.from({ length: 100 }, () => store.read.listDevices())
    const [ended] = await Promise.all([Promise.allSettled(reads), endAll(url)])
    for (const one of ended) {
      if (one.status === 'rejected') failsFor('lost')(one.reason)
      else assert.deepEqual(one.value, [device(1)])
    }
    // What they said at their end has come by now, and is read in this turn.
    await new Promise(setImmediate)
    const later = await Promise.all(Array.from({ length: 100 }, () => store.read.listDevices()))
    assert.ok(later.every((devices) => devices.length === 1))
  })
})

describe('a server that does not let us in', () => {
  test('because of the password, the user or the database is named, and the password is not', async () => {
    const url = await server.freshDatabase()
    const wrong = (change: (address: URL) => void) => {
      const address = new URL(url)
      change(address)
      return address.href
    }
    const addresses = [
      wrong((address) => (address.password = 'hunter2')),
      wrong((address) => (address.password = '')),
      wrong((address) => (address.username = 'nobody')),
      wrong((address) => (address.pathname = '/nowhere')),
    ]
    for (const address of addresses) {
      await assert.rejects(openPostgresStore({ url: address }), (error) => {
        assert.doesNotMatch(inspect(error, { depth: 10, showHidden: true }), /hunter2|p@ss|p%40ss/)
        return failsFor('refused')(error)
      })
    }
  })

  test('because the user may make no tables is named', async () => {
    const url = await server.freshDatabase()
    await server.ask('alter schema public owner to postgres', nameOf(url))
    await assert.rejects(openPostgresStore({ url }), failsFor('refused'))
  })

  test('because there are too many of us is named', async (context) => {
    const { url, store } = await openFor(context)
    await store.mutate(save(1))
    await server.ask(`alter database ${nameOf(url)} connection limit 1`)
    await assert.rejects(openPostgresStore({ url }), failsFor('crowded'))
    await assert.rejects(store.read.listDevices(), failsFor('crowded'))
    await server.ask(`alter database ${nameOf(url)} connection limit -1`)
    await worksAgain(store, 2)
  })

  test('because it is not there is named, and so is an address that is none', async (context) => {
    const silent = await startSilentServer(context, 'postgres://u:hunter2@127.0.0.1:9/db')
    silent.swallow()
    const cases = {
      'postgres://u:hunter2@127.0.0.1:9/db': 'unreachable',
      'postgres://u:hunter2@localhost:9/db': 'unreachable',
      'postgres://u:hunter2@no.such.host.invalid/db': 'unreachable',
      [silent.url]: 'unreachable',
      'postgres://u:hunter2@localhost:99999/db': 'address',
      'postgres://u:hunter2@localhost/db?sslrootcert=/nowhere.pem': 'address',
      'mysql://u:hunter2@localhost/db': 'address',
      'u:hunter2@localhost/db': 'address',
    } as const
    for (const [url, reason] of Object.entries(cases)) {
      await assert.rejects(openPostgresStore({ url }), (error) => {
        assert.doesNotMatch(inspect(error, { depth: 10, showHidden: true }), /hunter2/)
        return failsFor(reason as StoreUnavailableReason)(error)
      })
    }
  })
})

describe('a server that is none for us', () => {
  test('because it is a standby is refused', async (context) => {
    const { url, store } = await openFor(context)
    await store.mutate(save(1))
    await server.stop()
    server.setStandby(true)
    await server.start()
    try {
      await assert.rejects(openPostgresStore({ url }), failsFor('standby'))
      // What it would answer may be older than a revocation.
      await assert.rejects(store.read.listDevices(), (error) => {
        assert.ok(error instanceof StoreUnavailable && ['lost', 'standby'].includes(error.reason))
        return true
      })
      await assert.rejects(store.read.listDevices(), failsFor('standby'))
    } finally {
      await server.stop()
      server.setStandby(false)
      await server.start()
    }
    await worksAgain(store, 2)
  })

  test('because it is read-only is refused', async (context) => {
    const { url, store } = await openFor(context)
    await server.ask(`alter database ${nameOf(url)} set default_transaction_read_only = on`)
    await assert.rejects(openPostgresStore({ url }), failsFor('read-only'))
    await server.ask(`alter database ${nameOf(url)} reset default_transaction_read_only`)
    await worksAgain(store, 2)
  })

  test('because it cannot hold every text is refused', async () => {
    const url = await server.freshDatabase(
      `encoding 'LATIN1' template template0 locale_provider libc locale 'C'`,
    )
    await assert.rejects(openPostgresStore({ url }), failsFor('encoding'))
  })
})

describe('a server that lets us wait', () => {
  test('for the lock of another process is given up after a while', async (context) => {
    const { url, store } = await openFor(context, { lock_timeout: 100 })
    const other = await openPostgresStore({ url })
    context.after(() => other.close())
    await other.mutate(async (tx) => {
      await tx.findMeta('x')
      await assert.rejects(store.mutate(save(1)), failsFor('locked'))
      assert.deepEqual(await store.read.listDevices(), [])
    })
    await worksAgain(store, 2)
  })

  test('for an answer is given up after a while', async (context) => {
    const { url, store } = await openFor(context, { statement_timeout: 500 })
    const release = await server.hold('lock table devices', nameOf(url))
    try {
      await assert.rejects(store.read.listDevices(), failsFor('slow'))
    } finally {
      await release()
    }
    await worksAgain(store, 2)
  })

  test('because the network swallows everything is given up, and closed, after a while', async (context) => {
    const url = await server.freshDatabase()
    const silent = await startSilentServer(context, url)
    // Long enough for answers that do come, on a busy machine too.
    const store = await openPostgresStore({ url: `${silent.url}?query_timeout=1000` })
    await Promise.all([store.mutate(save(1)), store.read.listDevices()])
    silent.swallow()
    await Promise.all([
      assert.rejects(store.mutate(save(2)), failsFor('slow')),
      assert.rejects(store.read.listDevices(), failsFor('slow')),
    ])
    silent.heal()
    await worksAgain(store, 3)
    silent.swallow()
    await store.close()
  })
})

test('a process whose network is gone closes its store and ends by itself', async (context) => {
  const silent = await startSilentServer(context, await server.freshDatabase())
  const door = new URL('../src/index.ts', import.meta.url).href
  const script = `
    const { openStore } = await import(${JSON.stringify(door)})
    const store = await openStore({ url: ${JSON.stringify(silent.url)} })
    await store.read.headSeq()
    console.log('open')
    process.stdin.once('data', () => store.close()).unref()`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script])
  context.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  silent.swallow()
  child.stdin.end('close')
  const ended = await Promise.race([once(child, 'exit'), pause(15_000, undefined, { ref: false })])
  assert.deepEqual(ended, [0, null])
})

test('a process that stands still inside a transaction loses the lock, and its transaction', async (context) => {
  const { url, store } = await openFor(context, { idle_in_transaction_session_timeout: 500 })
  const other = await openPostgresStore({ url })
  context.after(() => other.close())
  let isNext: Promise<void> | undefined
  const frozen = store.mutate(async (tx) => {
    await tx.saveDevice(device(1))
    isNext = other.mutate(save(2))
    await isNext
    await tx.saveDevice(device(3))
  })
  await assert.rejects(frozen, failsFor('lost'))
  await isNext
  assert.deepEqual(await store.read.listDevices(), [device(2)])
  await worksAgain(store, 4)
})

test('an error tells nothing of the row that it is about', async (context) => {
  const { store } = await openFor(context)
  const saving = store.mutate((tx) =>
    tx.saveDevice(device(1, { displayName: 'Kitchen', publicKey: 'too short' })),
  )
  await assert.rejects(saving, (error) => {
    assert.match(String(error), /devices_key_is_32_bytes/)
    assert.doesNotMatch(inspect(error, { depth: 10 }), /Kitchen|too short/)
    return true
  })
})
