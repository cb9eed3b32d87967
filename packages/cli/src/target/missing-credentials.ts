import { CommandError } from '../output/command-error.ts'
import type { UrlTarget } from './resolve-target.ts'

/** Nothing to show at this address: what is missing depends on who named the address (cli fact 2). */
export function missingCredentials(target: UrlTarget, method: string, configFile: string): CommandError {
  const pair = `pair this device with that gateway: openclaw connect --url ${target.url}`
  const config = `Config: ${configFile}`
  switch (target.source) {
    case 'cli --url':
      return new CommandError('gateway url override requires explicit credentials', {
        next: [
          `Fix: pass --token or --password with --url, or ${pair}`,
          'For the gateway of this machine leave out --url.',
          config,
        ],
      })
    case 'env OPENCLAW_GATEWAY_URL':
      return new CommandError('gateway url override requires explicit credentials', {
        next: [
          'Set OPENCLAW_GATEWAY_TOKEN or OPENCLAW_GATEWAY_PASSWORD alongside OPENCLAW_GATEWAY_URL; config credentials are intentionally not reused.',
          `Or ${pair}`,
          config,
        ],
      })
    case 'config gateway.remote.url':
    case 'local loopback':
    case 'invitation':
    case 'the pairing of this machine':
      return new CommandError(`gateway ${method} requires credentials before opening a websocket`, {
        next: [
          `Fix: set gateway.remote.token or gateway.remote.password, pass --token or --password, or ${pair}`,
          config,
        ],
      })
  }
}
