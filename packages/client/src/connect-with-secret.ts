import type { Connection, SecretTarget, SharedSecret } from './connection.ts'
import { parseGatewayAddress } from './gateway-address.ts'
import { commonParams, completeClientInfo } from './handshake/introduction.ts'
import { startConnection } from './handshake/start-connection.ts'
import { tlsPinOf } from './tls-pin-of.ts'

/**
 * Connects with the gateway's shared token or password and no device (protocol fact 8). Its scopes are
 * kept only from the gateway's own machine.
 * @throws ClientError; the signal's reason.
 */
export async function connectWithSecret(target: SecretTarget): Promise<Connection> {
  const { url, origin } = parseGatewayAddress(target.url)
  const client = completeClientInfo(target.client)
  const params = commonParams(client, target.role ?? 'operator', target.scopes)
  return startConnection({
    address: { url, name: origin, tlsPin: tlsPinOf(target) },
    timeoutMs: target.timeoutMs,
    signal: target.signal,
    introduce: () => ({ ...params, auth: secretAuth(target) }),
  })
}

/** The shared secret as `connect.auth` carries it. */
export function secretAuth({ token, password }: SharedSecret): SharedSecret {
  return { ...(token !== undefined && { token }), ...(password !== undefined && { password }) }
}
