import type { FoundToken, StoreReader, StoreTransaction, TokenUse } from '@pairgate/core'
import { type Kysely, sql } from 'kysely'
import type { ListOf } from './engine-words.ts'
import type { HotQueries } from './hot-queries.ts'
import { fromToken, toToken } from './rows.ts'
import type { DeviceRow, Tables, TokenRow } from './tables.ts'

export function readTokens(
  db: Kysely<Tables>,
  hot: HotQueries,
  listOf: ListOf,
): Pick<StoreReader, 'findToken' | 'findTokenByHash' | 'listTokens' | 'listTokensOf' | 'listTokensEnding'> {
  return {
    async findToken(deviceId, role) {
      const { rows } = await hot.tokenOfDevice(db, deviceId, role)
      return rows[0] && toToken(rows[0])
    },
    // Two reads see two commits. In this order that is harmless: a secret goes from current to previous
    // and never back, so a rotation between them is found by the second.
    async findTokenByHash(hash) {
      const current = await hot.tokenByHash(db, hash)
      if (current.rows[0]) return toFound(current.rows[0], 'current')
      const previous = await hot.tokenByPreviousHash(db, hash)
      return previous.rows[0] && toFound(previous.rows[0], 'previous')
    },
    async listTokens(only) {
      let query = db.selectFrom('tokens').selectAll()
      if (only !== undefined) query = query.where('device_id', '=', only)
      const rows = await query.orderBy('device_id').orderBy('role').execute()
      return rows.map(toToken)
    },
    async listTokensOf(devices) {
      const rows = await db
        .selectFrom('tokens')
        .selectAll()
        .where(sql<boolean>`device_id in ${listOf(devices)}`)
        .orderBy('device_id')
        .orderBy('role')
        .execute()
      return rows.map(toToken)
    },
    async listTokensEnding(after, until) {
      const rows = await db
        .selectFrom('tokens')
        .selectAll()
        .where('expires_at', '>', after)
        .where('expires_at', '<=', until)
        .where('revoked_at', 'is', null)
        .orderBy('expires_at')
        .orderBy('token_id')
        .execute()
      return rows.map(toToken)
    },
  }
}

function toFound(row: TokenRow & Pick<DeviceRow, 'origin_signed_at'>, as: FoundToken['as']): FoundToken {
  return { token: toToken(row), as, signsOrigin: row.origin_signed_at !== null }
}

export function writeTokens(db: Kysely<Tables>, hot: HotQueries): Pick<StoreTransaction, 'saveToken'> {
  return {
    async saveToken(token) {
      const row = fromToken(token)
      await db
        .insertInto('tokens')
        .values(row)
        .onConflict((conflict) => conflict.columns(['device_id', 'role']).doUpdateSet(row))
        .execute()
      await hot.noteEnds(db, token.deviceId)
    },
  }
}

/** By token id, so that a use of an old secret is not noted at its successor. Never moves a time backwards. */
export async function noteTokenUses(
  db: Kysely<Tables>,
  hot: HotQueries,
  uses: readonly TokenUse[],
): Promise<void> {
  for (const { tokenId, deviceId, at, ip } of uses) {
    await hot.noteTokenUsed(db, at, tokenId, at)
    await hot.noteDeviceSeen(db, at, ip ?? null, deviceId, at)
  }
}
