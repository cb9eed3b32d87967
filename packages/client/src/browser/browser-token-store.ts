import type { StoredToken, TokenStore } from '../tokens/token-store.ts'
import { createBrowserDatabase } from './open-database.ts'

/** How long a tab waits for another one that is connecting; a frozen tab must not keep the others out. */
const TURN_MS = 5_000

/**
 * Keeps tokens in the page's IndexedDB. All tabs of the origin are one device: they connect one after the
 * other (Web Locks, where the browser has them), so that none comes with a token that another one has just
 * had replaced, and a token is only forgotten while it still is the one that was refused.
 */
export function createBrowserTokenStore(): TokenStore {
  const database = createBrowserDatabase()
  const place = (...words: readonly string[]): string => words.join(' ')

  return {
    load: (gateway, deviceId, role) =>
      database.run<StoredToken | undefined>('tokens', 'readonly', (table) =>
        table.get(place(gateway, deviceId, role)),
      ),
    async save(gateway, deviceId, role, token) {
      await database.change('tokens', (table) => {
        table.put(token, place(gateway, deviceId, role))
      })
    },
    remove: (gateway, deviceId, role, only) =>
      database.change('tokens', (table) => {
        const key = place(gateway, deviceId, role)
        const found: IDBRequest<StoredToken | undefined> = table.get(key)
        found.onsuccess = () => {
          if (only === undefined || found.result?.token === only) table.delete(key)
        }
      }),
    inTurn: (gateway, deviceId, role, work) => takeTurn(`pairgate ${place(gateway, deviceId, role)}`, work),
  }
}

async function takeTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks: LockManager | undefined = globalThis.navigator?.locks
  if (!locks) return work()
  let begun: Promise<T> | undefined
  const begin = (): Promise<T> => {
    begun ??= work()
    return begun
  }
  try {
    return await locks.request(name, { signal: AbortSignal.timeout(TURN_MS) }, begin)
  } catch {
    // Either the work failed, or its turn never came.
    return begun ?? begin()
  }
}
