import type { Core, TokenSecrets } from '@pairgate/core'
import type { Instant } from '@pairgate/protocol'
import type { AppDoor } from './apps/build-apps.ts'
import type { Policy } from './build-policy.ts'
import type { Endpoint } from './endpoints/choose-endpoints.ts'
import type { GatewayParts, Live } from './gateway-parts.ts'
import type { Figures } from './metrics/figures.ts'
import { hmacBase64Url } from './platform/node-crypto.ts'
import { gatewayIdentityOf, secretFingerprint } from './state/secrets.ts'
import { VERSION } from './version.ts'
import { createAppMethods } from './ws/methods/app-methods.ts'
import { createAuditMethods } from './ws/methods/audit-methods.ts'
import { createChatMethods } from './ws/methods/chat-methods.ts'
import { createConfigMethods } from './ws/methods/config-methods.ts'
import { createConsoleMethods } from './ws/methods/console-methods.ts'
import { createDevicePairMethods } from './ws/methods/device-pair-methods.ts'
import { createDeviceScopesMethods } from './ws/methods/device-scopes-methods.ts'
import { createDeviceTokenMethods } from './ws/methods/device-token-methods.ts'
import { createGatewayReport } from './ws/methods/gateway-report.ts'
import { createInvitationMethods } from './ws/methods/invitation-methods.ts'
import { createMethodHandlers } from './ws/methods/method-handlers.ts'
import { createMigrateMethods } from './ws/methods/migrate-methods.ts'
import { createSessionMethods } from './ws/methods/session-methods.ts'
import { createSetupMethods } from './ws/methods/setup-methods.ts'

export interface MethodsDeps extends Pick<Policy, 'policy'> {
  readonly core: Core
  readonly live: Live
  readonly secrets: TokenSecrets
  readonly figures: Figures
  readonly startedAt: Instant
  readonly url: () => string | undefined
  readonly endpoints: () => readonly Endpoint[]
  readonly apps: AppDoor | undefined
}

/** The handlers of all methods, with what each needs; a part of `buildGateway`. */
export function buildMethods(
  { store, clock, settings, heads, log, tokenKey, localKey, tls }: GatewayParts,
  { core, live, policy, secrets, figures, startedAt, url, endpoints, apps }: MethodsDeps,
) {
  const { secretOf } = secrets
  const { registry, watches, presence } = live
  const { config } = settings
  const authMode = () => policy.mode
  const connections = () => registry.size
  const idleMs = () => config.pairing.idleTtlMs
  return createMethodHandlers({
    report: createGatewayReport({
      read: store.read,
      clock,
      version: VERSION,
      startedAt,
      authMode,
      database: config.database.url === undefined ? 'sqlite' : 'postgres',
      connections,
      url,
      tls: () => tls?.report(),
      identity: () => gatewayIdentityOf(tokenKey),
      seenBy: presence.seenBy,
      codeGuessing: core.codeGuessing,
    }),
    pair: createDevicePairMethods({ core, isConnected: registry.isConnected, idleMs }),
    invitations: createInvitationMethods({ core, endpoints, idleMs }),
    setup: createSetupMethods({ core, endpoints, authMode }),
    token: createDeviceTokenMethods({ core, secretOf }),
    scopes: createDeviceScopesMethods({ core, clock, watches, secretOf }),
    config: createConfigMethods({
      live: settings,
      lookAtTls: async () => tls?.look(),
      hashOf: (text) => `hmac-sha256:v1:${hmacBase64Url(localKey, `config|${text}`)}`,
      fingerprintOf: (secret) => secretFingerprint(localKey, secret),
      log,
    }),
    session: createSessionMethods({ core }),
    chat: createChatMethods({ core }),
    desk: createConsoleMethods({ core, figures, registry, idleMs }),
    app: createAppMethods({ core, apps }),
    migrate: createMigrateMethods({ core, policy, auth: config.auth, clock, registry }),
    audit: createAuditMethods({ read: store.read, heads, core, log }),
  })
}
