import assert from 'node:assert/strict'
import { type Kysely, sql } from 'kysely'
import type { EngineWords } from '../sql/engine-words.ts'
import { createHotQueries } from '../sql/hot-queries.ts'
import { firstTables } from '../sql/migrations/0001-first-tables.ts'
import { eventChain } from '../sql/migrations/0003-event-chain.ts'
import { readEvents } from '../sql/sql-events.ts'
import type { Tables } from '../sql/tables.ts'
import { deviceId } from './sample-records.ts'

/** A log from before there was a chain, on any engine, and what has to be left of it. */
export async function checkOldLog(db: Kysely<Tables>, words: EngineWords): Promise<void> {
  await firstTables(words).up(db)
  const id = deviceId(1)
  await sql`insert into events
    (seq, at, actor, conn_id, remote_ip, kind, device_id, role, request_id, token_id, details) values
    (1, 5, 'owner', 'c1', null, 'pairing-approved', ${id}, 'operator', 'r', 't',
      '{"scopesBefore":[],"scopesAfter":["operator.read"],"endsConnections":true}'),
    (2, 6, 'device:x', 'c2', '192.0.2.1', 'device-renamed', ${id}, null, null, null,
      '{"before":"Küche","after":"Bad"}'),
    (3, 7, 'owner', 'c3', null, 'device-removed', ${id}, null, null, null, '{}')`.execute(db)
  await eventChain(words).up(db)

  const read = readEvents(db, createHotQueries(db))
  const [approved, renamed, removed] = await read.eventRecordsAfter(0, 10)
  assert.deepEqual(
    [approved?.epoch, approved?.mac, approved?.prev, approved?.via, approved?.endsConnections],
    [0, '', '', undefined, true],
  )
  const body = (text: string | undefined): unknown => JSON.parse(text ?? '')
  assert.deepEqual(body(approved?.details?.body), {
    after: { scopes: ['operator.read'] },
    before: { scopes: [] },
    connection: 'c1',
  })
  assert.deepEqual(body(renamed?.details?.body), {
    address: '192.0.2.1',
    after: { name: 'Bad' },
    before: { name: 'Küche' },
    connection: 'c2',
  })
  assert.deepEqual(body(removed?.details?.body), { connection: 'c3' })
  const [logged] = await read.eventsAfter(0, 1)
  assert.deepEqual([logged?.connId, logged?.event.kind, logged?.at], ['c1', 'pairing-approved', 5])
  assert.equal(await read.wasRemoved(id), true)
  assert.deepEqual(await read.eventHead(), { epoch: 0, seq: 3, mac: '' })
}
