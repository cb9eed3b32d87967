import { type Core, createCore, type TokenSecrets } from '@pairgate/core'
import { days } from '@pairgate/protocol'
import type { Policy } from './build-policy.ts'
import { lateBound } from './config/late-bound.ts'
import type { GatewayParts, Live } from './gateway-parts.ts'
import { breathe } from './platform/breathe.ts'
import { createNodeCrypto } from './platform/node-crypto.ts'
import { createNodeRandom } from './platform/node-random.ts'
import { createShortSecrets } from './state/secrets.ts'
import { createCloseOutdated } from './ws/close-outdated.ts'

interface CoreParts extends Policy {
  readonly secrets: TokenSecrets
  readonly onLogExchanged: () => void
}

/** The rules, on the parts of this gateway; a part of `buildGateway`. */
export function buildCore(
  parts: GatewayParts,
  { registry, told }: Live,
  { secrets, policy, sharedSecretsOf, onLogExchanged }: CoreParts,
): Core {
  const { limits, feed, pairing } = parts.settings.config
  parts.settings.onChange(createCloseOutdated({ registry, sharedSecretsOf }))
  return createCore({
    ...parts,
    random: createNodeRandom(),
    crypto: createNodeCrypto(),
    secrets,
    shortSecrets: createShortSecrets(parts.tokenKey),
    policy,
    pairing,
    live: told,
    breathe,
    feedLimits: { keepMs: days(feed.keepDays), maxRows: feed.maxRows },
    onLogExchanged,
    messages: lateBound(() => ({ kept: parts.settings.config.sessions.keepMessages })),
    limits: lateBound(() => ({
      perDevice: limits.pendingPerDevice,
      perPeer: limits.pendingPerPeer,
      inAll: limits.pendingInAll,
    })),
    guesses: lateBound(() => ({
      failuresPerPeer: limits.failuresPerPeer,
      failuresInAll: limits.failuresInAll,
      windowMs: limits.failureWindowMs,
      lockMs: limits.lockoutMs,
    })),
  })
}
