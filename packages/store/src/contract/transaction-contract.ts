import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { StoreTransaction } from '@pairgate/core'
import {
  append,
  approved,
  at,
  device,
  deviceId,
  OWNER,
  removed,
  request,
  requestId,
  session,
  token,
  use,
} from './sample-records.ts'
import { describeTransactionMisuse } from './transaction-misuse-contract.ts'
import { type OpenStore, withStore } from './with-store.ts'

export function describeTransactions(open: OpenStore): void {
  describe('transactions', () => {
    describeIsolation(open)
    describeTurns(open)
    describeTransactionMisuse(open)
    describeEnd(open)
  })
}

async function writeEverything(tx: StoreTransaction): Promise<void> {
  await tx.saveDevice(device(1))
  await tx.saveToken(token(1))
  await tx.insertRequest(request(1))
  await tx.insertSession(session(1))
  await tx.saveMeta('name', 'value')
  await append(tx, approved(1), OWNER, at(1))
}

function describeIsolation(open: OpenStore): void {
  test(
    'a transaction answers with what its work answers',
    withStore(open, async (store) => {
      const refusal = { ok: false }
      assert.equal(await store.mutate(async () => refusal), refusal)
    }),
  )

  test(
    'a transaction that throws leaves nothing behind and rejects with what was thrown',
    withStore(open, async (store) => {
      const thrown = new Error('no')
      const failing = store.mutate(async (tx) => {
        await writeEverything(tx)
        throw thrown
      })
      await assert.rejects(failing, (error) => error === thrown)
      assert.deepEqual(await store.read.listDevices(), [])
      assert.deepEqual(await store.read.listTokens(), [])
      assert.equal(await store.read.findRequest(requestId(1)), undefined)
      assert.deepEqual(await store.read.listSessions(), [])
      assert.equal(await store.read.findMeta('name'), undefined)
      assert.equal(await store.read.headSeq(), 0)
    }),
  )

  test(
    'a work that throws before its first await is a rejected promise like any other',
    withStore(open, async (store) => {
      const failing = store.mutate(() => {
        throw new Error('at once')
      })
      await assert.rejects(failing, /at once/)
      await store.mutate(writeEverything)
    }),
  )

  test(
    'a transaction sees its own writes, and nobody else does until it commits',
    withStore(open, async (store) => {
      await store.mutate(async (tx) => {
        await writeEverything(tx)
        assert.deepEqual(await tx.findDevice(deviceId(1)), device(1))
        assert.deepEqual(await tx.findTokenByHash(token(1).tokenHash), {
          token: token(1),
          as: 'current',
          signsOrigin: false,
        })
        assert.deepEqual(await tx.listOpenRequests(at(0)), [request(1)])
        assert.equal(await tx.headSeq(), 1)

        assert.equal(await store.read.findDevice(deviceId(1)), undefined)
        assert.equal(await store.read.findTokenByHash(token(1).tokenHash), undefined)
        assert.deepEqual(await store.read.listOpenRequests(at(0)), [])
        assert.equal(await store.read.headSeq(), 0)
      })
      assert.deepEqual(await store.read.findDevice(deviceId(1)), device(1))
      assert.equal(await store.read.headSeq(), 1)
    }),
  )

  test(
    'reads do not wait behind an open transaction',
    withStore(open, async (store) => {
      const held = Promise.withResolvers<void>()
      const running = store.mutate(async (tx) => {
        await tx.saveDevice(device(1))
        await held.promise
      })
      await pause(5)
      assert.equal(await store.read.findDevice(deviceId(1)), undefined)
      held.resolve()
      await running
      assert.deepEqual(await store.read.findDevice(deviceId(1)), device(1))
    }),
  )

  test(
    'a failed call dooms its transaction even if the work catches the failure',
    withStore(open, async (store) => {
      await store.mutate((tx) => tx.insertSession(session(1)))
      const swallowing = store.mutate(async (tx) => {
        await tx.saveDevice(device(1))
        await tx.insertSession(session(1)).catch(() => undefined)
      })
      await assert.rejects(swallowing)
      assert.deepEqual(await store.read.listDevices(), [])
    }),
  )
}

function describeTurns(open: OpenStore): void {
  test(
    'transactions run one at a time, in the order in which they arrived, also behind one that failed',
    withStore(open, async (store) => {
      const log: string[] = []
      const run = (n: number) =>
        store.mutate(async (tx) => {
          log.push(`${n} begins`)
          await tx.saveMeta('last', String(n))
          await pause(3 - n)
          log.push(`${n} ends`)
          if (n === 1) throw new Error('no')
        })
      await Promise.allSettled([0, 1, 2].map(run))
      assert.deepEqual(log, ['0 begins', '0 ends', '1 begins', '1 ends', '2 begins', '2 ends'])
      assert.equal(await store.read.findMeta('last'), '2')
    }),
  )

  test(
    'read, look, then write is safe: a hundred at once each count one',
    withStore(open, async (store) => {
      const count = () =>
        store.mutate(async (tx) => {
          const found = Number((await tx.findMeta('count')) ?? 0)
          await pause(0)
          await tx.saveMeta('count', String(found + 1))
        })
      await Promise.all(Array.from({ length: 100 }, count))
      assert.equal(await store.read.findMeta('count'), '100')
    }),
  )

  test(
    'of two admins who remove each other at once, one stays',
    withStore(open, async (store) => {
      await store.mutate(async (tx) => {
        await tx.saveDevice(device(1))
        await tx.saveDevice(device(2))
      })
      const remove = (actor: number, target: number) =>
        store.mutate(async (tx) => {
          if (!(await tx.findDevice(deviceId(actor)))) return false
          await tx.deleteDevice(deviceId(target))
          await append(tx, removed(target), OWNER, at(1))
          return true
        })
      assert.deepEqual(await Promise.all([remove(1, 2), remove(2, 1)]), [true, false])
      assert.deepEqual(await store.read.listDevices(), [device(1)])
    }),
  )

  test(
    'noted uses and forgotten requests take their turn between transactions',
    withStore(open, async (store) => {
      const first = store.mutate(async (tx) => {
        await tx.saveDevice(device(1))
        await tx.saveToken(token(1))
        await tx.insertRequest(request(1))
        await pause(5)
      })
      const noted = store.noteTokenUse([use(1)])
      const forgotten = store.forgetRequests(at(99_000))
      const last = store.mutate(async (tx) => [
        (await tx.findToken(deviceId(1), 'operator'))?.lastUsedAt,
        await tx.findRequest(requestId(1)),
      ])
      await Promise.all([first, noted, forgotten])
      assert.deepEqual(await last, [2_000, undefined])
    }),
  )
}

function describeEnd(open: OpenStore): void {
  test('closing waits for every transaction that was asked for before, and refuses later ones', async () => {
    const store = await open()
    const log: string[] = []
    const run = (n: number) =>
      store.mutate(async (tx) => {
        await pause(5)
        await tx.saveDevice(device(n))
        log.push(`committed ${n}`)
      })
    const before = [run(1), run(2)]
    const closing = store.close().then(() => log.push('closed'))
    await assert.rejects(run(3), /the store is closed/)
    await Promise.all([...before, closing])
    assert.deepEqual(log, ['committed 1', 'committed 2', 'closed'])
    await store.close()
    await assert.rejects(store.read.listDevices(), /the store is closed/)
    await assert.rejects(store.read.findDevice(deviceId(1)), /the store is closed/)
    await assert.rejects(store.noteTokenUse([use(1)]), /the store is closed/)
  })
}
