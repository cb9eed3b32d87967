import { readPrivateFile } from '../files/private-file.ts'
import { parseTokenFile, type TokenEntry } from './token-file.ts'

/** Every token in a file of `createFileTokenStore`; `undefined` for a file that is none. Throws as reading does. */
export async function listStoredTokens(path: string): Promise<readonly TokenEntry[] | undefined> {
  const text = await readPrivateFile(path)
  return text === undefined ? [] : parseTokenFile(text)
}
