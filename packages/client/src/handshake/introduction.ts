import { type ConnectParams, PAIRGATE_CAPABILITY, PROTOCOL_VERSION } from '@pairgate/protocol/wire'
import { platform } from '#platform'
import type { ClientInfo } from '../connection.ts'

/** Held against package.json by a test. */
export const CLIENT_VERSION = '0.1.0'

/** What a caller leaves out about itself: in Node the words of a command line, because those work everywhere. */
export function completeClientInfo(client: Partial<ClientInfo> = {}, displayName?: string): ClientInfo {
  return {
    ...platform.describeClient(),
    version: CLIENT_VERSION,
    ...(displayName !== undefined && { displayName }),
    ...client,
  }
}

/** The part of `connect` that every kind of client sends alike. */
export function commonParams(
  client: ClientInfo,
  role: string,
  scopes: readonly string[],
): Omit<ConnectParams, 'auth' | 'device'> {
  return {
    minProtocol: PROTOCOL_VERSION,
    maxProtocol: PROTOCOL_VERSION,
    client,
    caps: [PAIRGATE_CAPABILITY],
    role,
    scopes: [...scopes],
  }
}
