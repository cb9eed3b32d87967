const LENGTH = 64

/** A text that a peer chose, for a log: bounded, and without anything that a terminal or a reader could mistake. */
export function peerText(text: string): string {
  const start = text.slice(0, LENGTH).replace(/[^\x20-\x7e]/g, '?')
  return text.length > LENGTH ? `${start}...` : start
}
