import type { TlsPin } from '@pairgate/protocol'

/** What a caller may prove itself with beside a device key. */
export interface Secret {
  readonly token: string | undefined
  readonly password: string | undefined
}

export interface Named extends Secret {
  readonly url: string | undefined
  readonly tlsFingerprint?: TlsPin | undefined
}

/** Everything that has a say in where a command goes. */
export interface TargetFacts {
  readonly flags: Named
  readonly env: Named
  /** `gateway.remote` of the config file, when `gateway.mode` is `remote`. */
  readonly remote: Named | undefined
  /** This host's gateway: its address, and its Unix socket. */
  readonly localUrl: string
  readonly localTlsFingerprint?: TlsPin | undefined
  readonly socketPath: string
  readonly localKeyPath: string
}

export type UrlSource =
  | 'cli --url'
  | 'env OPENCLAW_GATEWAY_URL'
  | 'config gateway.remote.url'
  | 'local loopback'
  /** The link or setup code that is redeemed says it. */
  | 'invitation'
  /** There is one gateway that has let this machine in. */
  | 'the pairing of this machine'

/** A gateway that is reached by its address. */
export interface UrlTarget {
  readonly kind: 'url'
  readonly url: string
  readonly source: UrlSource
  readonly secret: Secret | undefined
  readonly tlsFingerprint?: TlsPin
}
/** This host's gateway, reached as its owner: no address and no secret on the wire. */
export interface OwnerTarget {
  readonly kind: 'owner'
  /** Its address, for people; the socket is what is used. */
  readonly url: string
  readonly source: 'local owner socket'
  readonly socketPath: string
  readonly localKeyPath: string
  /** For who connects by the address after all. */
  readonly tlsFingerprint?: TlsPin
}
export type Target = UrlTarget | OwnerTarget

/**
 * Where a command goes and what it may show there. A credential belongs to the place that named the
 * address: one from the config or the environment is never sent to an address from the command line.
 */
export function resolveTarget(facts: TargetFacts): Target {
  const target = chooseTarget(facts)
  const tlsFingerprint = facts.flags.tlsFingerprint ?? configuredPin(target, facts)
  return tlsFingerprint === undefined ? target : { ...target, tlsFingerprint }
}

/** A pin belongs to the address beside it, as a credential does. */
function configuredPin({ source }: Target, { remote, localTlsFingerprint }: TargetFacts): TlsPin | undefined {
  if (source === 'config gateway.remote.url') return remote?.tlsFingerprint
  return source === 'local loopback' || source === 'local owner socket' ? localTlsFingerprint : undefined
}

function chooseTarget({ flags, env, remote, ...local }: TargetFacts): Target {
  if (flags.url !== undefined) return urlTarget(flags.url, 'cli --url', secretOf(flags))
  if (env.url !== undefined) {
    return urlTarget(env.url, 'env OPENCLAW_GATEWAY_URL', secretOf(flags) ?? secretOf(env))
  }
  if (remote?.url !== undefined) {
    const secret = secretOf(flags) ?? secretOf(env) ?? secretOf(remote)
    return urlTarget(remote.url, 'config gateway.remote.url', secret)
  }
  // Whoever names a secret wants it used, not passed over because a better way was open.
  const secret = secretOf(flags)
  if (secret) return urlTarget(local.localUrl, 'local loopback', secret)
  const { localUrl, socketPath, localKeyPath } = local
  return { kind: 'owner', url: localUrl, source: 'local owner socket', socketPath, localKeyPath }
}

/** @returns what was given, or `undefined` when neither was; blank counts as not given. */
function secretOf({ token, password }: Secret): Secret | undefined {
  const given = { token: token || undefined, password: password || undefined }
  return given.token === undefined && given.password === undefined ? undefined : given
}

function urlTarget(url: string, source: UrlSource, secret: Secret | undefined): UrlTarget {
  return { kind: 'url', url, source, secret }
}
