import type { AccessAsk, AccessTokens } from '../access-tokens.ts'
import { parseGatewayAddress } from '../gateway-address.ts'
import { tlsPinOf } from '../tls-pin-of.ts'
import { createGuardedFetch, type Fetch } from './guarded-fetch.ts'

export interface AppTarget extends Omit<AccessAsk, 'audience'> {
  /** Scheme, host and port of the app: `https://app.example`. */
  readonly origin: string
  /** Who makes the access tokens: a session, as a rule. */
  readonly session: Pick<AccessTokens, 'accessToken'>
  /** The only certificate to accept; left out, those that this machine trusts. */
  readonly tlsFingerprint?: string | undefined
}

const BEARER = 'Bearer '

/**
 * A `fetch` for an app behind the gateway, on an origin of its own. It shows an access token that is good for
 * this origin alone, so a wrong address learns nothing that opens anything; the device's own token stays here.
 * A token that is refused is replaced once.
 * Throws as `createFetch`, and what the session throws.
 * @throws ClientError `INVALID_URL`, `PLAINTEXT_REFUSED` or `INVALID_FINGERPRINT`.
 */
export function createAppFetch({ origin: text, session, tlsFingerprint, ...ask }: AppTarget): Fetch {
  const { origin } = parseGatewayAddress(text.replace(/^http/i, 'ws'))
  const pin = tlsPinOf({ url: origin, tlsFingerprint })
  const base = new URL(origin.replace(/^ws/, 'http'))
  let insteadOf: string | undefined

  return createGuardedFetch(base, {
    async sign({ headers, signal }) {
      const token = await session.accessToken({ ...ask, audience: base.origin }, { insteadOf, signal })
      headers.set('authorization', BEARER + token)
      return pin
    },
    mayRepeat({ status, headers: told }, { headers: sent }) {
      const isRefused = status === 401 && /\berror="invalid_token"/.test(told.get('www-authenticate') ?? '')
      if (isRefused) insteadOf = sent.get('authorization')?.slice(BEARER.length)
      return isRefused
    },
  })
}
