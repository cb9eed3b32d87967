import type { StoreReader, StoreTransaction } from '@pairgate/core'
import type { Kysely } from 'kysely'
import type { HotQueries } from './hot-queries.ts'
import { fromDevice, toDevice } from './rows.ts'
import type { Tables } from './tables.ts'

export function readDevices(
  db: Kysely<Tables>,
  hot: HotQueries,
): Pick<StoreReader, 'findDevice' | 'listDevices' | 'listDevicesApprovedBy' | 'countDevices'> {
  return {
    async findDevice(id) {
      const { rows } = await hot.deviceById(db, id)
      return rows[0] && toDevice(rows[0])
    },
    async listDevices(only) {
      let query = db.selectFrom('devices').selectAll()
      if (only !== undefined) query = query.where('id', '=', only)
      const rows = await query.orderBy('paired_at').orderBy('id').execute()
      return rows.map(toDevice)
    },
    async listDevicesApprovedBy(ref) {
      const query = db.selectFrom('devices').selectAll().where('approved_by', '=', ref)
      const rows = await query.orderBy('paired_at').orderBy('id').execute()
      return rows.map(toDevice)
    },
    async countDevices() {
      const countAll = db.selectFrom('devices').select((eb) => eb.fn.countAll<number>().as('count'))
      const { count } = await countAll.executeTakeFirstOrThrow()
      return Number(count)
    },
  }
}

export function writeDevices(
  db: Kysely<Tables>,
  hot: HotQueries,
): Pick<StoreTransaction, 'saveDevice' | 'deleteDevice'> {
  return {
    async saveDevice(device) {
      const row = fromDevice(device)
      // An update in place: replacing the row would delete it first and take the tokens along.
      await db
        .insertInto('devices')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute()
      // Its token may have been saved before it.
      await hot.noteEnds(db, device.id)
    },
    async deleteDevice(id) {
      await db.deleteFrom('devices').where('id', '=', id).execute()
    },
  }
}
