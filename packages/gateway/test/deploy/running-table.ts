import type { FrontName } from './front.ts'

/** What becomes of a request that was let through, when its token is revoked. */
export const REVOKED_MEANWHILE = {
  pairgate: 'cut',
  nginxPasses: 'cut',
  caddyPasses: 'cut',
  nginxAsks: 'goes on',
  caddyAsks: 'goes on',
} as const satisfies Record<FrontName, string>

/** What a client gets when the gateway is not there; the app gets nothing. */
export const GATEWAY_AWAY = {
  pairgate: 'nothing',
  nginxPasses: 502,
  caddyPasses: 502,
  nginxAsks: 500,
  caddyAsks: 502,
} as const satisfies Record<FrontName, number | string>
