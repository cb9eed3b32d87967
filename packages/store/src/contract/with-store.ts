import type { Store } from '@pairgate/core'

/** Opens a store of its own, empty, for one test. */
export type OpenStore = () => Promise<Store>

/** A test that is given an empty store, which is closed behind it. */
export function withStore(open: OpenStore, run: (store: Store) => Promise<void>): () => Promise<void> {
  return async () => {
    const store = await open()
    try {
      await run(store)
    } finally {
      await store.close()
    }
  }
}
