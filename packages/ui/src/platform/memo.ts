/** A few facts that outlive the page; nothing secret, and nothing that is believed without a look. */
export interface Memo<T> {
  read(): Partial<T>
  write(change: Partial<T>): void
}

/** In the page's local storage, where the browser has it; elsewhere only for as long as the page lives. */
export function createMemo<T extends object>(name: string): Memo<T> {
  let known: Partial<T> = load(name)
  return {
    read: () => known,
    write(change) {
      known = { ...known, ...change }
      try {
        localStorage.setItem(name, JSON.stringify(known))
      } catch {
        // Blocked or full: what it would have told next time is not needed to get in.
      }
    },
  }
}

function load<T>(name: string): Partial<T> {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(name) ?? '{}')
    return typeof found === 'object' && found !== null ? found : {}
  } catch {
    return {}
  }
}
