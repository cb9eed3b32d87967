import type { Clock, DevicePrincipal } from '@pairgate/core'
import { seconds } from '@pairgate/protocol'
import type { UpstreamConfig } from '../config/upstream-config.ts'
import { type AssertionJwk, createAssertionKeys } from './assertion-keys.ts'

/** What an upstream is told about who calls, in words that it can check. */
export interface Assertions {
  /** At once for a caller for whom it was signed a moment ago. */
  sign(principal: DevicePrincipal, upstream: UpstreamConfig): string | Promise<string>
  /** The public keys of these days. */
  keys(): readonly AssertionJwk[]
}

export interface AssertionsDeps {
  /** The token key; others come out of it. */
  readonly key: Uint8Array
  readonly clock: Pick<Clock, 'now'>
}

const LIFETIME_MS = seconds(60)
/** The same words are said again for a while: signing costs more than all the rest of a request. */
const REUSED_MS = seconds(30)
const REMEMBERED = 10_000

/** Whoever reads the assertion for another upstream learns nothing from it there, because it names its own. */
export async function openAssertions({ key, clock }: AssertionsDeps): Promise<Assertions> {
  const { SignJWT } = await import('jose')
  const keys = createAssertionKeys(key)
  const signed = new Map<string, { readonly text: string; readonly until: number }>()

  async function signNew(principal: DevicePrincipal, audience: string): Promise<string> {
    const now = clock.now()
    const { privateKey, jwk } = keys.at(now)
    const { deviceId, role, scopes, sessionId } = principal
    return new SignJWT({ role, scope: scopes.join(' '), session: sessionId })
      .setProtectedHeader({ alg: 'EdDSA', kid: jwk.kid, typ: 'JWT' })
      .setIssuer('pairgate')
      .setAudience(audience)
      .setSubject(deviceId)
      .setIssuedAt(Math.floor(now / 1_000))
      .setExpirationTime(Math.floor((now + LIFETIME_MS) / 1_000))
      .sign(privateKey)
  }
  return {
    sign(principal, { target }) {
      const { deviceId, role, scopes, sessionId } = principal
      const about = [target.name, deviceId, role, sessionId, ...scopes].join(' ')
      const known = signed.get(about)
      const now = clock.now()
      if (known && now < known.until) return known.text
      return signNew(principal, target.name).then((text) => {
        if (signed.size >= REMEMBERED) signed.clear()
        signed.set(about, { text, until: now + REUSED_MS })
        return text
      })
    },
    keys: () => keys.published(clock.now()),
  }
}
