import { CommandError } from '../output/command-error.ts'

/** What a token of the gateway looks like, and an invitation. */
const SECRET = /\bpg[dai]_[\w-]{20,}/

/**
 * Reads what to ask for: an address, or a path of the gateway.
 * @throws CommandError when it is neither, or carries a secret.
 */
export function readAddress(text: string): URL | `/${string}` {
  if (SECRET.test(text) || SECRET.test(decodeLoosely(text))) {
    throw new CommandError('There is a token in the address. Tokens in addresses end up in logs.', {
      next: ['Leave it out: the command shows one of its own. Replace that token: it has been in a history.'],
    })
  }
  if (text.startsWith('/') && !text.startsWith('//')) return text as `/${string}`
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new CommandError(`Invalid address "${text}".`, {
      next: ['Use https://<host>/<path>, or a path of the gateway that begins with /.'],
    })
  }
  if (url.username !== '' || url.password !== '') {
    throw new CommandError('The address carries a user or a password.', {
      next: ['Leave them out: the command shows a token of this device.'],
    })
  }
  return url
}

function decodeLoosely(text: string): string {
  return text.replace(/%([2-7][0-9a-f])/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
