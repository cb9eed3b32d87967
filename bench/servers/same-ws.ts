import { createRequire } from 'node:module'
import type * as Ws from 'ws'

/** The very `ws` that the gateway uses, whichever one npm has put at the root. */
export const ws = createRequire(new URL('../../packages/gateway/package.json', import.meta.url))(
  'ws',
) as typeof Ws
