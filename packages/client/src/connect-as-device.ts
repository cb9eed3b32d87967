import { type ClientError, hasCode } from './client-error.ts'
import { secretAuth } from './connect-with-secret.ts'
import type { Connection, DeviceTarget } from './connection.ts'
import { createDeviceDoor, type DeviceDoor } from './device-door.ts'
import { sameScopes, scopesToAsk } from './tokens/granted-token.ts'
import type { StoredToken } from './tokens/token-store.ts'

/**
 * Connects with the device's key, and with the first of: the invitation and the shared secret that the
 * caller names, the stored token, the key alone (which fetches a token that an operator has just approved).
 * What the gateway hands over is stored. With a stored token the connection asks only for scopes that the
 * token holds, so `hello.auth.scopes` may be fewer than `target.scopes`.
 * @throws ClientError `PAIRING_REQUIRED` with the `requestId` that an operator has to decide;
 * `AUTH_DEVICE_TOKEN_MISMATCH` after a revoke, when the stored token has been forgotten; any other.
 */
export async function connectAsDevice(target: DeviceTarget): Promise<Connection> {
  const door = createDeviceDoor(target)
  return door.inTurn(() => enter(door, target))
}

async function enter(door: DeviceDoor, target: DeviceTarget): Promise<Connection> {
  const stored = await door.loadToken()
  const { invitation, scopes } = target
  if (invitation !== undefined)
    return door.open({ scopes, auth: { bootstrapToken: invitation }, known: stored })
  const hasSecret = target.token !== undefined || target.password !== undefined
  if (hasSecret) return withSecret(door, target, stored)
  return stored ? withToken(door, target, stored) : door.open({ scopes: target.scopes, auth: {} })
}

async function withSecret(door: DeviceDoor, target: DeviceTarget, stored?: StoredToken): Promise<Connection> {
  try {
    return await door.open({ scopes: target.scopes, auth: secretAuth(target), known: stored })
  } catch (error) {
    // The secret was changed on the gateway: the device's own token does not depend on it.
    const mayUseToken =
      hasCode(error, 'AUTH_TOKEN_MISMATCH') && error.details['canRetryWithDeviceToken'] === true
    if (!stored || !mayUseToken) throw error
    return withToken(door, target, stored)
  }
}

async function withToken(door: DeviceDoor, target: DeviceTarget, stored: StoredToken): Promise<Connection> {
  const asked = scopesToAsk(stored, target.scopes)
  const connection = await openWithToken(door, stored, asked)

  // The grant may have changed since it was stored: the hello tells, and a second connect asks for all of it.
  const { tokenScopes } = connection.hello.auth
  const current = tokenScopes && (await door.loadToken())
  if (!current) return connection
  const possible = scopesToAsk({ scopes: tokenScopes }, target.scopes)
  if (sameScopes(possible, connection.hello.auth.scopes) || sameScopes(possible, asked)) return connection
  await connection.close()
  return door.openWithToken(current, possible)
}

async function openWithToken(
  door: DeviceDoor,
  stored: StoredToken,
  asked: readonly string[],
): Promise<Connection> {
  try {
    return await door.openWithToken(stored, asked)
  } catch (error) {
    if (hasCode(error, 'AUTH_DEVICE_TOKEN_MISMATCH')) return replaceToken(door, stored, asked, error)
    // An operator took scopes away. To ask for none always fits, and the answer says what is left.
    if (hasCode(error, 'AUTH_SCOPE_MISMATCH') && asked.length > 0) return door.openWithToken(stored, [])
    throw error
  }
}

/**
 * Forgets a token that the gateway no longer takes. If another process of this device has stored a newer
 * one meanwhile (after a rotation only the first to come back is given it), that one is tried.
 */
async function replaceToken(
  door: DeviceDoor,
  refused: StoredToken,
  asked: readonly string[],
  error: ClientError,
): Promise<Connection> {
  await door.forgetToken(refused)
  const newer = await door.loadToken()
  if (!newer) throw error
  return door.openWithToken(newer, scopesToAsk(newer, asked))
}
