import { type AuthPolicy, type Clock, type Core, type GuestReport, ok } from '@pairgate/core'
import { fingerprintWords } from '@pairgate/protocol'
import type { GuestEntry, MigrateStatus } from '@pairgate/protocol/wire'
import type { GatewayConfig } from '../../config/gateway-config.ts'
import { present } from '../../wire/present.ts'
import type { ConnectionRegistry } from '../connection-registry.ts'
import type { Handler } from './method-handlers.ts'

export interface MigrateMethodsDeps {
  readonly core: Pick<Core, 'reportGuests'>
  readonly policy: Pick<AuthPolicy, 'mode' | 'noneStage'>
  readonly auth: Pick<GatewayConfig['auth'], 'leaveNone'>
  readonly clock: Pick<Clock, 'now'>
  readonly registry: Pick<ConnectionRegistry, 'isConnected'>
}

export interface MigrateMethods {
  readonly status: Handler<'migrate.status'>
}

/** How far the gateway is on its way out of mode `none`, and who would be left behind. */
export function createMigrateMethods(deps: MigrateMethodsDeps): MigrateMethods {
  const { core, policy, auth, clock, registry } = deps

  function entryOf({ guest, state, isLockedOut, requestId }: GuestReport): GuestEntry {
    const { deviceId, displayName, platform, clientId, clientMode, remoteIp } = guest
    return {
      ...present({ deviceId, displayName, platform, clientId, clientMode, remoteIp, requestId }),
      ...(deviceId && { fingerprint: fingerprintWords(deviceId) }),
      firstSeenMs: guest.firstAt,
      lastSeenMs: guest.lastAt,
      connects: guest.connects,
      connected: deviceId !== undefined && registry.isConnected(deviceId),
      roles: guest.roles,
      scopes: guest.scopes,
      methods: guest.methods,
      state,
      wouldBeLockedOut: isLockedOut,
    }
  }

  return {
    async status() {
      const { guests, unlisted, paired } = await core.reportGuests()
      const { leaveNone } = auth
      return ok({
        nowMs: clock.now(),
        authMode: policy.mode,
        stage: policy.noneStage ?? null,
        dates: leaveNone
          ? {
              observeAtMs: leaveNone.observe,
              warnAtMs: leaveNone.warn,
              enforceAtMs: leaveNone.enforce,
            }
          : null,
        pairedDevices: paired,
        wouldBeLockedOut: guests.filter(({ isLockedOut }) => isLockedOut).length,
        guests: guests.map(entryOf),
        unlisted,
      } satisfies MigrateStatus)
    },
  }
}
