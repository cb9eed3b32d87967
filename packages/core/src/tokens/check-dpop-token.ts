import { type DeviceId, parseTokenSecret, parseWebOrigin, type TokenHash } from '@pairgate/protocol'
import { capScopes } from '../connect/admission.ts'
import { parseDpopProof } from '../domain/dpop-proof.ts'
import { tokenState } from '../domain/token.ts'
import type { Following } from '../events/event-follower.ts'
import type { Clock } from '../ports/clock.ts'
import type { Crypto } from '../ports/crypto.ts'
import type { PairingPolicy } from '../ports/pairing-policy.ts'
import type { FoundToken } from '../ports/store.ts'
import { type HttpAsk, type HttpUse, type HttpVerdict, httpFault } from './http-use.ts'
import type { StandingTokens } from './standing-tokens.ts'
import type { ProofMark, UsedProofs } from './used-proofs.ts'

export interface CheckDpopTokenDeps {
  readonly tokens: Pick<StandingTokens, 'find'>
  readonly following: Pick<Following, 'cursor'>
  readonly used: Pick<UsedProofs, 'judge' | 'use'>
  readonly crypto: Crypto
  readonly clock: Clock
  readonly pairing: Pick<PairingPolicy, 'idleTtlMs'>
}

/**
 * Who shows a device token with a proof by its device's key for this very request (RFC 9449, sections 4.3 and 7).
 * Nothing stored is read before the signature has verified, and a proof counts as used only when all the rest is
 * right: else a stranger could use up somebody's.
 */
export function createCheckDpopToken(deps: CheckDpopTokenDeps) {
  const { tokens, following, used, crypto, clock, pairing } = deps
  const verify = createVerifyProof(deps)

  function judge(found: FoundToken | undefined, { deviceId, mark }: Proved, use: HttpUse): HttpVerdict {
    const token = found?.as === 'current' ? found.token : undefined
    // Of another device is as good as unknown: what a stranger's key fetches tells nothing of others.
    const stands =
      token?.deviceId === deviceId && tokenState(token, clock.now(), pairing.idleTtlMs) === 'live'
    if (!stands) return httpFault('token')
    if (!used.use(mark)) return httpFault('proof')
    const { tokenId, role, sessionId, expiresAt } = token
    const { remoteIp, connId } = use
    const facts = { role, scopes: capScopes(token.scopes, use), sessionId, remoteIp, connId }
    return {
      ok: true,
      principal: { kind: 'device', deviceId, tokenId, ...facts, byDeviceToken: true },
      expiresAt,
    }
  }
  /** What an event spoke of while it was read is read once more, because nobody looks again. */
  async function load(first: Promise<FoundToken | undefined>, hash: TokenHash, begun: number) {
    let [found, before] = [await first, begun]
    while (following.cursor !== before) {
      before = following.cursor
      found = await tokens.find(hash)
    }
    return found
  }
  return (text: string, proof: string, use: HttpUse): HttpVerdict | Promise<HttpVerdict> => {
    const secret = parseTokenSecret(text)
    if (!secret) return httpFault('token')
    const hash = crypto.hashToken(secret)
    const proved = verify(proof, hash, use.asked())
    if (typeof proved === 'string') return httpFault(proved)
    const begun = following.cursor
    const found = tokens.find(hash)
    if (!(found instanceof Promise)) return judge(found, proved, use)
    return load(found, hash, begun).then((loaded) => judge(loaded, proved, use))
  }
}

interface Proved {
  readonly deviceId: DeviceId
  readonly mark: ProofMark
}

function createVerifyProof({ used, crypto }: Pick<CheckDpopTokenDeps, 'used' | 'crypto'>) {
  return (text: string, hash: TokenHash, asked: HttpAsk | undefined): Proved | 'proof' | 'nonce' => {
    const proof = parseDpopProof(text)
    if (!proof || !asked || proof.tokenHash !== hash) return 'proof'
    if (proof.htm !== asked.method || !isFor(proof.htu, asked)) return 'proof'
    const deviceId = crypto.deviceIdOf(proof.publicKey)
    const { jti, issuedAt, nonce } = proof
    const mark = { id: crypto.sha256(`${deviceId} ${jti}`), issuedAt, nonce }
    const when = used.judge(mark)
    if (when !== 'fresh') return when === 'stale' ? 'proof' : 'nonce'
    const isSigned = crypto.verifyEd25519(proof.publicKey, proof.signed, proof.signature)
    return isSigned ? { deviceId, mark } : 'proof'
  }
}

const URI = /^(https?:\/\/[^/?#]+)(\/[^?#]*)?/

/** RFC 9449, section 4.3: without query and fragment; an origin alone is its root (RFC 3986, section 6.2.3). */
function isFor(htu: string, { origin, target }: HttpAsk): boolean {
  const [, ofOrigin = '', path = '/'] = URI.exec(htu) ?? []
  return parseWebOrigin(ofOrigin) === origin && path === target.split('?', 1)[0]
}
