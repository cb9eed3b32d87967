import { ClientError } from '../client-error.ts'

export type StoreName = 'keys' | 'tokens'

/** Two small tables in the page's own IndexedDB, which all tabs of its origin share. */
export interface BrowserDatabase {
  /** One request in a transaction of its own. */
  run<T>(
    store: StoreName,
    mode: IDBTransactionMode,
    ask: (table: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T>
  /** Several steps in one transaction: nobody comes in between. */
  change(store: StoreName, steps: (table: IDBObjectStore) => void): Promise<void>
}

const NAME = 'pairgate'
const VERSION = 1

/** @throws ClientError `BROWSER_STORAGE` when the browser keeps nothing for this page, as some private modes do. */
export function createBrowserDatabase(name = NAME): BrowserDatabase {
  let opening: Promise<IDBDatabase> | undefined

  async function transaction(store: StoreName, mode: IDBTransactionMode): Promise<IDBTransaction> {
    try {
      // Where a browser forbids storage altogether, opening throws at once.
      opening ??= openDatabase(name, () => {
        opening = undefined
      })
      return (await opening).transaction(store, mode)
    } catch (error) {
      opening = undefined
      throw storageError(error)
    }
  }

  return {
    async run(store, mode, ask) {
      const done = await transaction(store, mode)
      return settled(ask(done.objectStore(store)))
    },
    async change(store, steps) {
      const done = await transaction(store, 'readwrite')
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      done.oncomplete = () => resolve()
      done.onabort = () => reject(storageError(done.error))
      steps(done.objectStore(store))
      return promise
    },
  }
}

function openDatabase(name: string, lost: () => void): Promise<IDBDatabase> {
  const { promise, resolve, reject } = Promise.withResolvers<IDBDatabase>()
  const request = indexedDB.open(name, VERSION)
  request.onupgradeneeded = () => {
    request.result.createObjectStore('keys')
    request.result.createObjectStore('tokens')
  }
  request.onerror = () => reject(request.error)
  request.onsuccess = () => {
    const database = request.result
    // Another tab wants to delete it or to bring a newer version: holding on would block that tab.
    database.onversionchange = () => {
      database.close()
      lost()
    }
    database.onclose = lost
    resolve(database)
  }
  return promise
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  request.onsuccess = () => resolve(request.result)
  request.onerror = () => reject(storageError(request.error))
  return promise
}

function storageError(cause: unknown): ClientError {
  const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  return new ClientError('BROWSER_STORAGE', `The browser keeps nothing for this page (${why}).`, { cause })
}
