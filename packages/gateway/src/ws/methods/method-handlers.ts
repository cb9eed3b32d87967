import type { Result } from '@pairgate/core'
import type { MethodName, MethodParams } from '@pairgate/protocol/wire'
import type { Connection } from '../connection.ts'
import type { AppMethods } from './app-methods.ts'
import type { AuditMethods } from './audit-methods.ts'
import type { ChatMethods } from './chat-methods.ts'
import type { ConfigMethods } from './config-methods.ts'
import type { ConsoleMethods } from './console-methods.ts'
import type { DevicePairMethods } from './device-pair-methods.ts'
import type { DeviceScopesMethods } from './device-scopes-methods.ts'
import type { DeviceTokenMethods } from './device-token-methods.ts'
import type { GatewayReport } from './gateway-report.ts'
import type { InvitationMethods } from './invitation-methods.ts'
import type { MigrateMethods } from './migrate-methods.ts'
import type { SessionMethods } from './session-methods.ts'
import type { SetupMethods } from './setup-methods.ts'

/** One method's work; its params were validated against the table before. */
export type Handler<M extends MethodName> = (
  connection: Connection,
  params: MethodParams<M>,
) => Promise<Result<unknown>>

/** Every method of the table has a handler here, or this does not compile. */
export type MethodHandlers = Readonly<
  Record<MethodName, (connection: Connection, params: never) => Promise<Result<unknown>>>
>

/** Methods that may close the very connection that calls them; their reply still leaves. */
export const ENDS_OWN_CONNECTION: ReadonlySet<MethodName> = new Set([
  'device.pair.approve',
  'device.pair.confirm',
  'device.token.rotate',
  'device.token.revoke',
  'device.token.move',
  'device.pair.remove',
  'config.reload',
])

export interface MethodParts {
  readonly report: GatewayReport
  readonly pair: DevicePairMethods
  readonly invitations: InvitationMethods
  readonly setup: SetupMethods
  readonly token: DeviceTokenMethods
  readonly scopes: DeviceScopesMethods
  readonly audit: AuditMethods
  readonly config: ConfigMethods
  readonly session: SessionMethods
  readonly chat: ChatMethods
  readonly desk: ConsoleMethods
  readonly app: AppMethods
  readonly migrate: MigrateMethods
}

export function createMethodHandlers(parts: MethodParts) {
  const { report, pair, invitations, setup, token, scopes, audit, config, session, chat, desk, app } = parts
  return {
    health: report.health,
    status: report.status,
    'device.pair.list': pair.list,
    'device.pair.approve': pair.approve,
    'device.pair.reject': pair.reject,
    'device.pair.remove': pair.remove,
    'device.pair.rename': pair.rename,
    'device.pair.invite': invitations.invite,
    'device.pair.invitations': invitations.list,
    'device.pair.cancelInvitation': invitations.cancel,
    'device.pair.confirm': invitations.confirm,
    'device.pair.claimCode': invitations.claimCode,
    'device.pair.setupCode': setup.setupCode,
    'device.pair.setupStatus': setup.setupStatus,
    'device.token.rotate': token.rotate,
    'device.token.revoke': token.revoke,
    'device.token.extend': token.extend,
    'device.token.move': token.move,
    'device.token.access': token.access,
    'device.scopes.requestUpgrade': scopes.requestUpgrade,
    'device.scopes.waitUpgrade': scopes.waitUpgrade,
    'system-presence': report.presence,
    'gateway.identity.get': report.identity,
    'audit.list': audit.list,
    'audit.feed': audit.feed,
    'audit.erase': audit.erase,
    'audit.prune': audit.prune,
    'audit.verify': audit.verify,
    'sessions.list': session.list,
    'sessions.resolve': session.resolve,
    'sessions.create': session.create,
    'sessions.patch': session.patch,
    'sessions.delete': session.delete,
    'chat.send': chat.send,
    'chat.history': chat.history,
    'apps.ticket': app.ticket,
    'config.get': config.get,
    'config.reload': config.reload,
    'device.page': desk.page,
    'device.history': desk.history,
    'device.pending': desk.pending,
    'gateway.figures': desk.figures,
    'migrate.status': parts.migrate.status,
  } satisfies { readonly [M in MethodName]: Handler<M> }
}
