import { within } from '../harness/within.ts'

/** Everything of one kind that arrived, in order; each letter is handed out once. */
export interface Mailbox<T> {
  put(letter: T): void
  /** The oldest letter that nobody took yet, or the next to arrive. Rejects when none arrives in time. */
  next(): Promise<T>
  /** All that ever arrived, taken or not. */
  readonly all: readonly T[]
}

/** @param name says in a failure what was waited for. */
export function createMailbox<T>(name: string): Mailbox<T> {
  const all: T[] = []
  const unread: T[] = []
  const readers: ((letter: T) => void)[] = []

  return {
    all,
    put(letter) {
      all.push(letter)
      const reader = readers.shift()
      if (reader) reader(letter)
      else unread.push(letter)
    },
    next() {
      const letter = unread.shift()
      if (letter !== undefined) return Promise.resolve(letter)
      const arrival = new Promise<T>((resolve) => readers.push(resolve))
      return within(arrival, () => `the next ${name} (before it: ${JSON.stringify(all)})`)
    },
  }
}
