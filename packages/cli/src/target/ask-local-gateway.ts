import type { Connection } from '@pairgate/client'
import { CommandError } from '../output/command-error.ts'
import { explainClientError } from './explain-client-error.ts'
import { openConnection } from './open-connection.ts'
import type { LocalFiles } from './read-target-facts.ts'

const TIMEOUT_MS = 10_000

/**
 * Asks the gateway of this machine as its owner, whatever gateway other commands would go to.
 * @returns `undefined` when none runs here.
 * @throws CommandError when one runs but does not answer.
 */
export async function askLocalGateway<T>(
  { ownerSocket: socketPath, localKey: localKeyPath, configFile }: LocalFiles,
  ask: (connection: Connection) => Promise<T>,
): Promise<T | undefined> {
  const { ClientError } = await import('@pairgate/client')
  const url = 'this machine'
  const way = { kind: 'owner', socketPath, localKeyPath, url } as const
  const asked = { scopes: ['operator.admin'], role: 'operator', timeoutMs: TIMEOUT_MS } as const
  try {
    const connection = await openConnection(way, asked)
    try {
      return await ask(connection)
    } finally {
      await connection.close()
    }
  } catch (error) {
    if (isMissingKey(error)) return undefined
    if (!(error instanceof ClientError)) throw error
    if (error.code === 'UNREACHABLE') return undefined
    const target = { ...way, source: 'local owner socket' } as const
    throw explainClientError(error, { target, configFile })
  }
}

/** Without the key there has never been a gateway. */
function isMissingKey(error: unknown): boolean {
  return error instanceof CommandError && error.shape.type === 'gateway_transport_error'
}
