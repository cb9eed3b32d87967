import type { StoreTransaction } from '@pairgate/core'

/**
 * Runs `work` on a transaction and answers only when every call that it made has ended. A call that
 * was still on its way, or that comes later, could otherwise land behind the commit, in the
 * transaction of somebody else. Throws, so that the transaction is rolled back, when `work` did not
 * wait for a call, and when it swallowed the failure of one: PostgreSQL cannot commit after that either.
 */
export async function runWork<T>(
  tx: StoreTransaction,
  work: (tx: StoreTransaction) => Promise<T>,
): Promise<T> {
  const running = new Set<Promise<unknown>>()
  let isOpen = true
  let failure: { readonly error: unknown } | undefined

  async function call(method: () => unknown): Promise<unknown> {
    if (!isOpen) throw new Error('this transaction has ended')
    const answer = Promise.resolve(method())
    running.add(answer)
    try {
      return await answer
    } catch (error) {
      failure ??= { error }
      throw error
    } finally {
      running.delete(answer)
    }
  }

  const watched = new Proxy(tx, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...values: readonly unknown[]) => call(() => Reflect.apply(method, target, values))
    },
  })

  const { result, isAllDone } = await workToItsEnd()
  if (failure) throw failure.error
  if (!isAllDone) throw new Error('a transaction ended before its own reads and writes: an await is missing')
  return result

  async function workToItsEnd() {
    try {
      const result = await work(watched)
      return { result, isAllDone: running.size === 0 }
    } finally {
      isOpen = false
      await Promise.allSettled(running)
    }
  }
}
