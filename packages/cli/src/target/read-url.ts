import { isIP } from 'node:net'
import { CommandError } from '../output/command-error.ts'

const SCHEMES: Readonly<Record<string, string>> = {
  'http:': 'ws:',
  'https:': 'wss:',
  'ws:': 'ws:',
  'wss:': 'wss:',
}

/**
 * Reads an address as a person writes it: `http` and `https` lead to the same gateway.
 * Whether secrets may travel on it is judged by the client, which sends them.
 * @throws CommandError when it is no address, or carries something that does not belong into logs.
 */
export function readUrl(text: string): string {
  const url = URL.parse(text)
  const scheme = SCHEMES[url?.protocol ?? '']
  if (!url || scheme === undefined || url.hostname === '') {
    throw new CommandError(`Invalid gateway URL "${text}".`, {
      next: ['Use ws://127.0.0.1:18789 for this machine, or wss://<host> for another one.'],
    })
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new CommandError('The gateway URL carries more than scheme, host, port and path.', {
      next: ['Secrets in a URL end up in logs: pass them with --token or --password.'],
    })
  }
  return `${scheme}//${url.host}${url.pathname === '/' ? '' : url.pathname}`
}

/** Whether the host of this URL can only be this machine. */
export function isLoopbackUrl(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
