const NAME = 'to'

/** Whether the browser came from the console, which named the view to come back to. */
export function isWanted(search: string): boolean {
  return new URLSearchParams(search).has(NAME)
}

/**
 * Address of the console, with the view that a link names. Only a word is taken from there, and never an
 * address: whoever has made the link cannot lead anybody elsewhere.
 */
export function consoleUrl(search: string): string {
  const view = new URLSearchParams(search).get(NAME) ?? ''
  return /^[a-z]{1,20}$/.test(view) ? `./#${view}` : './'
}
