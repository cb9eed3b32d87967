import { type Core, ok, refuse } from '@pairgate/core'
import type { AppTicketResult } from '@pairgate/protocol/wire'
import type { AppDoor } from '../../apps/build-apps.ts'
import { enterTarget } from '../../apps/enter-page.ts'
import type { Handler } from './method-handlers.ts'

export interface AppMethodsDeps {
  readonly core: Pick<Core, 'mintAppTicket'>
  /** Only where something is behind the gateway. */
  readonly apps: Pick<AppDoor, 'findApp' | 'states'> | undefined
}

export interface AppMethods {
  readonly ticket: Handler<'apps.ticket'>
}

/** `apps.ticket`: lets the browser of a device into an app that has sent it here. */
export function createAppMethods({ core, apps }: AppMethodsDeps): AppMethods {
  return {
    async ticket({ principal }, params) {
      const app = apps?.findApp(params.return)
      const stateHash = app && apps?.states.read(params.state, app.address)
      if (!app || stateHash === undefined) return refuse({ reason: 'app-unknown' })
      const { route, scope } = app.upstream
      const minted = await core.mintAppTicket(principal, { route, scope, returnTo: app.address, stateHash })
      if (!minted.ok) return minted
      const { secret, expiresAt } = minted.value
      const location = app.origin + enterTarget(secret, app.target.raw)
      return ok({ location, expiresAtMs: expiresAt } satisfies AppTicketResult)
    },
  }
}
