import type { AccessToken, StoreReader, StoreTransaction } from '@pairgate/core'
import {
  type DeviceId,
  type Instant,
  parseWebOrigin,
  type SessionId,
  type TokenHash,
  type TokenId,
} from '@pairgate/protocol'
import type { Kysely } from 'kysely'
import type { HotQueries } from './hot-queries.ts'
import { readRole, readScopes, unknownWord } from './rows.ts'
import type { AccessTokenRow, Tables } from './tables.ts'

export function readAccessTokens(
  db: Kysely<Tables>,
  hot: HotQueries,
): Pick<StoreReader, 'findAccessToken' | 'countAccessTokens'> {
  return {
    async findAccessToken(hash) {
      const { rows } = await hot.accessTokenByHash(db, hash)
      return rows[0] && toAccessToken(rows[0])
    },
    async countAccessTokens(parentId, now) {
      const { count } = await db
        .selectFrom('access_tokens')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('parent_id', '=', parentId)
        .where('expires_at', '>', now)
        .where('route', 'is', null)
        .executeTakeFirstOrThrow()
      return Number(count)
    },
  }
}

export function writeAccessTokens(db: Kysely<Tables>): Pick<StoreTransaction, 'insertAccessToken'> {
  return {
    async insertAccessToken(token) {
      await db.insertInto('access_tokens').values(fromAccessToken(token)).execute()
    },
  }
}

export async function deleteEndedAccessTokens(db: Kysely<Tables>, before: Instant): Promise<void> {
  await db.deleteFrom('access_tokens').where('expires_at', '<', before).execute()
}

function toAccessToken(row: AccessTokenRow): AccessToken {
  return {
    hash: row.hash as TokenHash,
    deviceId: row.device_id as DeviceId,
    role: readRole(row.role),
    parentId: row.parent_id as TokenId,
    sessionId: row.session_id as SessionId,
    scopes: readScopes(JSON.parse(row.scopes)),
    audience: row.audience === null ? undefined : readAudience(row.audience),
    route: row.route ?? undefined,
    createdAt: row.created_at as Instant,
    expiresAt: row.expires_at as Instant,
  }
}

/** One that could not be read must not become one that is good everywhere. */
function readAudience(text: string) {
  const audience = parseWebOrigin(text)
  if (!audience) throw unknownWord('audience', text)
  return audience
}

function fromAccessToken(token: AccessToken): AccessTokenRow {
  return {
    hash: token.hash,
    device_id: token.deviceId,
    role: token.role,
    parent_id: token.parentId,
    session_id: token.sessionId,
    scopes: JSON.stringify(token.scopes),
    audience: token.audience ?? null,
    created_at: token.createdAt,
    expires_at: token.expiresAt,
    route: token.route ?? null,
  }
}
