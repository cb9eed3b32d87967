import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** Recognises what the gateway itself has written into the address of the pairing page. */
export interface AppStates {
  /** What goes there beside the address that a browser with this cookie wants. */
  write(cookie: string, returnTo: string): string
  /** The hash of that cookie, if both were written together by a gateway with this key. */
  read(state: string, returnTo: string): string | undefined
  hashOf(cookie: string): string
}

const HASH_BYTES = 32
const MAC_BYTES = 16
const STATE = /^[A-Za-z0-9_-]{64}$/

/**
 * The state is the hash of the cookie and a seal over it and the address. A gateway does not know every name
 * and port by which browsers reach it; by the seal it knows those at which it has answered one, and an address
 * that somebody made up has none.
 * @param key the token key; another comes out of it.
 */
export function createAppStates(key: Uint8Array): AppStates {
  const own = createHmac('sha256', key).update('app-state').digest()
  const seal = (hash: Buffer, returnTo: string) =>
    createHmac('sha256', own).update(hash).update(returnTo).digest().subarray(0, MAC_BYTES)
  return {
    write(cookie, returnTo) {
      const hash = sha256(cookie)
      return Buffer.concat([hash, seal(hash, returnTo)]).toString('base64url')
    },
    read(state, returnTo) {
      if (!STATE.test(state)) return undefined
      const bytes = Buffer.from(state, 'base64url')
      const hash = bytes.subarray(0, HASH_BYTES)
      return timingSafeEqual(bytes.subarray(HASH_BYTES), seal(hash, returnTo))
        ? hash.toString('hex')
        : undefined
    },
    hashOf: (cookie) => sha256(cookie).toString('hex'),
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
