import type { Clock, DevicePrincipal } from '@pairgate/core'
import { seconds } from '@pairgate/protocol'
import type { UpstreamConfig } from '../config/upstream-config.ts'
import { type AssertionJwk, createAssertionKeys } from './assertion-keys.ts'
import { createRecentlySaid, type Told } from './recently-said.ts'

/** What an upstream is told about who calls, in words that it can check. */
export interface Assertions {
  /** Headers, name and value by turns; at once for a caller of whom it was told a moment ago. */
  tell(principal: DevicePrincipal, upstream: UpstreamConfig): Told | Promise<Told>
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

/** Whoever reads the assertion for another upstream learns nothing from it there, because it names its own. */
export async function openAssertions({ key, clock }: AssertionsDeps): Promise<Assertions> {
  const { SignJWT } = await import('jose')
  const keys = createAssertionKeys(key)
  const recent = createRecentlySaid()

  async function sign(principal: DevicePrincipal, audience: string): Promise<string> {
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
    tell(principal, { target }) {
      const now = clock.now()
      const known = recent.find(principal, target.name)
      if (known && now < known.until) return known.told
      return sign(principal, target.name).then((assertion) => {
        const told = toldOf(principal, assertion)
        recent.keep({ principal, target: target.name, told, until: now + REUSED_MS })
        return told
      })
    },
    keys: () => keys.published(clock.now()),
  }
}

function toldOf({ deviceId, sessionId, role, scopes }: DevicePrincipal, assertion: string): Told {
  return [
    ...['x-pairgate-device', deviceId],
    ...['x-pairgate-session', sessionId],
    ...['x-pairgate-role', role],
    ...['x-pairgate-scopes', scopes.join(' ')],
    ...['x-pairgate-assertion', assertion],
  ]
}
