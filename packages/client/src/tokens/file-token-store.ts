import type { DeviceId, Role } from '@pairgate/protocol'
import { ClientError } from '../client-error.ts'
import { withFileLock } from '../files/file-lock.ts'
import { readPrivateFile, replacePrivateFile } from '../files/private-file.ts'
import { formatTokenFile, parseTokenFile, type TokenEntry } from './token-file.ts'
import type { StoredToken, TokenStore } from './token-store.ts'

export interface FileTokenStore extends TokenStore {
  /** The gateways of which there is a token, by their origin. */
  gateways(deviceId: DeviceId, role: Role): Promise<readonly string[]>
}

type Edit = (entries: readonly TokenEntry[]) => readonly TokenEntry[]

/** How often a change is tried whose lock another process took over meanwhile. */
const ATTEMPTS = 10

/**
 * Keeps tokens in one JSON file of mode 0600, which is replaced as a whole. Processes take turns by a lock
 * file beside it, so that none loses what another has stored.
 * Its methods throw ClientError `TOKEN_FILE` when the file is broken or open to others; it is then left as
 * it is, because the tokens in it may be the only way in.
 */
export function createFileTokenStore(path: string): FileTokenStore {
  async function change(edit: Edit): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) if (await changeOnce(edit)) return
    throw new Error(`${path} is changed by others all the time. Try again.`)
  }

  function changeOnce(edit: Edit): Promise<boolean> {
    return withFileLock(`${path}.lock`, async (isStillOurs) => {
      const entries = await readEntries(path)
      const edited = edit(entries)
      if (edited === entries) return true
      if (!(await isStillOurs())) return false
      await replacePrivateFile(path, formatTokenFile(edited))
      return true
    })
  }

  return {
    gateways: (deviceId, role) =>
      explained(path, async () =>
        (await readEntries(path))
          .filter((one) => one.deviceId === deviceId && one.role === role)
          .map(({ gateway }) => gateway),
      ),
    load: (gateway, deviceId, role) =>
      explained(path, async () => {
        const entry = (await readEntries(path)).find((one) => isAt(one, [gateway, deviceId, role]))
        return entry && tokenOf(entry)
      }),
    save: (gateway, deviceId, role, token) =>
      explained(path, () =>
        change((entries) => [
          ...entries.filter((one) => !isAt(one, [gateway, deviceId, role])),
          { gateway, deviceId, role, ...token },
        ]),
      ),
    remove: (gateway, deviceId, role, only) =>
      explained(path, () =>
        change((entries) => {
          const goes = (one: TokenEntry): boolean =>
            isAt(one, [gateway, deviceId, role]) && (only === undefined || one.token === only)
          return entries.some(goes) ? entries.filter((one) => !goes(one)) : entries
        }),
      ),
  }
}

async function readEntries(path: string): Promise<readonly TokenEntry[]> {
  const text = await readPrivateFile(path)
  if (text === undefined) return []
  const entries = parseTokenFile(text)
  if (entries) return entries
  throw new Error(
    `${path} is no valid token file. It is left as it is; repair it, or move it away and pair again.`,
  )
}

/** `work`, with whatever the disk says turned into an error of this room. */
async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const message = `The stored device tokens cannot be used: ${why}`
    throw new ClientError('TOKEN_FILE', message, { details: { path }, cause: error })
  }
}

function isAt(entry: TokenEntry, [gateway, deviceId, role]: readonly [string, string, string]): boolean {
  return entry.gateway === gateway && entry.deviceId === deviceId && entry.role === role
}

function tokenOf({ gateway: _gateway, deviceId: _deviceId, role: _role, ...token }: TokenEntry): StoredToken {
  return token
}
