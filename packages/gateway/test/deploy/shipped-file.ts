import { readFileSync } from 'node:fs'

const DEPLOY = new URL('../../../../deploy/', import.meta.url)

/** Where the programs of a test are, by the address or path that a shipped file has instead. */
export type Places = Readonly<Record<string, string>>

/**
 * A file of `deploy/` with nothing but its addresses changed: what an operator copies is what is tested.
 * @throws if the file does not have one of them, because then it was not put where the test believes.
 */
export function shippedFile(path: string, places: Places = {}): string {
  let text = readFileSync(new URL(path, DEPLOY), 'utf8')
  for (const [there, here] of Object.entries(places)) {
    if (!text.includes(there)) throw new Error(`deploy/${path} does not name ${there}`)
    text = text.replaceAll(there, here)
  }
  return text
}
