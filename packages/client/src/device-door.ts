import type { TlsPin } from '@pairgate/protocol'
import type { ConnectParams, HelloAuth } from '@pairgate/protocol/wire'
import type { Connection, DeviceTarget } from './connection.ts'
import { parseGatewayAddress } from './gateway-address.ts'
import { proveDevice } from './handshake/device-proof.ts'
import { commonParams, completeClientInfo } from './handshake/introduction.ts'
import { startConnection } from './handshake/start-connection.ts'
import { tlsPinOf } from './tls-pin-of.ts'
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
  const wanted = tlsPinOf(target)

  async function open({ scopes, auth, known }: Attempt): Promise<Connection> {
    const params = { ...commonParams(client, role, scopes), ...(Object.keys(auth).length > 0 && { auth }) }
    const pin = wanted ?? tlsPinOf({ ...target, tlsFingerprint: known?.tlsFingerprint })
    let keyPin: TlsPin | undefined
    const onTlsKey = (shown: TlsPin): void => {
      keyPin = shown
    }
    const connection = await startConnection({
      address: { url, name: origin, tlsPin: pin, onTlsKey },
      timeoutMs,
      signal,
      introduce: (challenge) => proveDevice(params, key, challenge, origin),
    })
    try {
      await keepTokens(connection.hello.auth, known, keyPin)
    } catch (error) {
      await connection.close()
      throw error
    }
    return connection
  }

  /** With the key that the gateway has proved, so that the next connect asks for the same. */
  async function keepTokens(
    auth: HelloAuth,
    known: StoredToken | undefined,
    keyPin: TlsPin | undefined,
  ): Promise<void> {
    const pinned = keyPin === undefined ? {} : { tlsFingerprint: keyPin }
    for (const { role, ...token } of readExtraTokens(auth))
      await tokens.save(origin, key.deviceId, role, { ...token, ...pinned })
    const granted = readGrantedToken(auth, known)
    if (!granted) return
    const kept = { ...granted, ...pinned }
    if (!(known && sameToken(known, kept))) await tokens.save(origin, key.deviceId, role, kept)
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
