import type { ConnectParams } from '@pairgate/protocol/wire'
import type { Connection, DeviceTarget } from './connection.ts'
import { parseGatewayAddress } from './gateway-address.ts'
import { proveDevice } from './handshake/device-proof.ts'
import { commonParams, completeClientInfo } from './handshake/introduction.ts'
import { startConnection } from './handshake/start-connection.ts'
import { readExtraTokens, readGrantedToken, sameToken } from './tokens/granted-token.ts'
import type { StoredToken } from './tokens/token-store.ts'

export interface Attempt {
  readonly scopes: readonly string[]
  readonly auth: NonNullable<ConnectParams['auth']>
  /** What is stored already, to store again only what differs. */
  readonly known?: StoredToken | undefined
}

/** One device before one gateway: its attempts to get in, and its token there. */
export interface DeviceDoor {
  /** Connects and stores the token that the hello hands over. */
  open(attempt: Attempt): Promise<Connection>
  openWithToken(token: StoredToken, scopes: readonly string[]): Promise<Connection>
  loadToken(): Promise<StoredToken | undefined>
  forgetToken(token: StoredToken): Promise<void>
  /** Does the work while no other user of the same tokens does, where the store can see to that. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
}

export function createDeviceDoor(target: DeviceTarget): DeviceDoor {
  const { key, tokens, role = 'operator', signal, timeoutMs } = target
  const { url, origin } = parseGatewayAddress(target.url)
  const client = completeClientInfo(target.client, target.displayName)

  async function open({ scopes, auth, known }: Attempt): Promise<Connection> {
    const params = { ...commonParams(client, role, scopes), ...(Object.keys(auth).length > 0 && { auth }) }
    const connection = await startConnection({
      address: { url, name: origin },
      timeoutMs,
      signal,
      introduce: (challenge) => proveDevice(params, key, challenge, origin),
    })
    try {
      for (const { role, ...token } of readExtraTokens(connection.hello.auth))
        await tokens.save(origin, key.deviceId, role, token)
      const granted = readGrantedToken(connection.hello.auth, known)
      if (granted && !(known && sameToken(known, granted)))
        await tokens.save(origin, key.deviceId, role, granted)
    } catch (error) {
      await connection.close()
      throw error
    }
    return connection
  }

  return {
    open,
    openWithToken(known, scopes) {
      return open({ scopes, auth: { token: known.token, deviceToken: known.token }, known })
    },
    loadToken: () => tokens.load(origin, key.deviceId, role),
    inTurn: (work) => tokens.inTurn?.(origin, key.deviceId, role, work) ?? work(),
    forgetToken: (token) => tokens.remove(origin, key.deviceId, role, token.token),
  }
}
