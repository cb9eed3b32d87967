import { encodeBase64Url } from '@pairgate/protocol'
import { OWNER_NONCE_HEADER } from '@pairgate/protocol/wire'
import type { Connection, OwnerTarget } from './connection.ts'
import { commonParams, completeClientInfo } from './handshake/introduction.ts'
import { answerOwnerChallenge } from './handshake/owner-proof.ts'
import { startConnection } from './handshake/start-connection.ts'
import { drawBytes } from './platform/random.ts'

/**
 * Connects as the gateway's owner, over the Unix socket on its own host. Both sides prove that they hold
 * `secrets/local.key`, the gateway first, and the key itself never travels.
 * @throws ClientError `OWNER_PROOF` when another program listens there; any other; the signal's reason.
 */
export async function connectAsOwner(target: OwnerTarget): Promise<Connection> {
  const clientNonce = encodeBase64Url(drawBytes(32))
  const params = commonParams(completeClientInfo(), 'operator', target.scopes)
  return startConnection({
    address: {
      url: 'ws://localhost/',
      name: target.socketPath,
      socketPath: target.socketPath,
      headers: { [OWNER_NONCE_HEADER]: clientNonce },
    },
    timeoutMs: target.timeoutMs,
    signal: target.signal,
    introduce(challenge) {
      const ownerProof = answerOwnerChallenge(target.localKey, clientNonce, challenge)
      return { ...params, auth: { ownerProof } }
    },
  })
}
