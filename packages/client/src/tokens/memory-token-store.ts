import type { StoredToken, TokenStore } from './token-store.ts'

/** Keeps tokens for as long as the process or the page lives; afterwards the device has to ask again. */
export function createMemoryTokenStore(): TokenStore {
  const tokens = new Map<string, StoredToken>()
  const place = (...words: readonly string[]): string => words.join(' ')
  return {
    load: async (gateway, deviceId, role) => tokens.get(place(gateway, deviceId, role)),
    async save(gateway, deviceId, role, token) {
      tokens.set(place(gateway, deviceId, role), token)
    },
    async remove(gateway, deviceId, role, only) {
      const key = place(gateway, deviceId, role)
      if (only === undefined || tokens.get(key)?.token === only) tokens.delete(key)
    },
  }
}
