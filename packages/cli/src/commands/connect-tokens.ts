import {
  ClientError,
  connectAsDevice,
  createFileTokenStore,
  type DeviceTarget,
  type TokenStore,
} from '@pairgate/client'
import { coversScopes } from '@pairgate/protocol'

export interface AskingOptions {
  readonly path: string
  /** The caller names scopes and brings nothing but the device: then it wants these, not what it has. */
  readonly insists: boolean
  /** Told when the gateway no longer takes the stored token. */
  readonly onRefused: () => void
}

/**
 * This machine's tokens, as `connect` uses them. A token cannot ask for more than it holds; so when one
 * that stands holds less than the caller insists on, it is left aside, and the key alone asks.
 */
export async function tokensForAsking(
  target: Omit<DeviceTarget, 'tokens'>,
  { path, insists, onRefused }: AskingOptions,
): Promise<TokenStore> {
  const store = createFileTokenStore(path)
  const tokens: TokenStore = {
    load: (...place) => store.load(...place),
    save: (...token) => store.save(...token),
    async remove(...place) {
      onRefused()
      await store.remove(...place)
    },
  }
  const isLeftAside = insists && (await holdsTooLittle({ ...target, tokens }))
  return isLeftAside ? { ...tokens, load: () => Promise.resolve(undefined) } : tokens
}

/**
 * Asks the gateway rather than the file: an operator may have given more meanwhile. It also has the token
 * presented once; until that the gateway would answer the key alone with this very token.
 */
async function holdsTooLittle(target: DeviceTarget): Promise<boolean> {
  const { origin } = new URL(target.url)
  const stored = await target.tokens.load(origin, target.key.deviceId, target.role ?? 'operator')
  if (!stored) return false
  try {
    const connection = await connectAsDevice(target)
    await connection.close()
    return !coversScopes(connection.hello.auth.tokenScopes ?? stored.scopes, target.scopes)
  } catch (error) {
    // Refused or run out: then there is nothing to leave aside, and the ordinary way asks anew.
    if (error instanceof ClientError && error.errorCode !== undefined) return false
    throw error
  }
}
