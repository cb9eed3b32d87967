import type { DevicePairList, PairedRow } from '@pairgate/protocol/wire'
import { CommandError } from '../output/command-error.ts'
import type { GatewayLink } from '../target/gateway-link.ts'
import { PAIRING_SCOPES, readPairList } from './read-pair-list.ts'

/** Which of the paired devices are shown; left out, all of them. */
export interface PageFlags {
  readonly search?: string
  readonly limit?: number
  readonly sort?: string
}

export interface ShownList extends DevicePairList {
  /** Devices that were looked for, also those that are not shown. */
  readonly total?: number
}

const SORTS = ['name', 'paired', 'seen', 'expires'] as const
type Sort = (typeof SORTS)[number]
const MOST_AT_ONCE = 200

/** The whole list, or the devices that the flags mean beside all that is pending. */
export async function readShownList(link: GatewayLink, flags: PageFlags): Promise<ShownList> {
  const { search, limit = MOST_AT_ONCE } = flags
  const sort = readSort(flags.sort ?? 'name')
  if (flags.search === undefined && flags.limit === undefined && flags.sort === undefined)
    return readPairList(link)
  const { features } = await link.greet(PAIRING_SCOPES)
  if (!features.methods.includes('device.page')) return searchAll(await readPairList(link), flags)
  const pending = await link.request('device.pending', {}, PAIRING_SCOPES)
  const paired: PairedRow[] = []
  let total = 0
  for (let cursor: string | undefined; ; ) {
    const params = { sort, limit: Math.min(limit - paired.length, MOST_AT_ONCE), ...(search && { search }) }
    const page = await link.request('device.page', { ...params, ...(cursor && { cursor }) }, PAIRING_SCOPES)
    paired.push(...page.devices)
    total = page.total
    cursor = page.next
    if (cursor === undefined || paired.length >= limit) break
  }
  return { pending: pending.pending, paired, total }
}

function readSort(word: string): Sort {
  const known = SORTS.find((sort) => sort === word)
  if (known) return known
  throw new CommandError(`Invalid --sort. Use "name", "paired", "seen" or "expires". Received: "${word}".`)
}

/** For a gateway that tells nothing but its whole list. */
function searchAll({ pending, paired }: DevicePairList, { search = '', limit }: PageFlags): ShownList {
  const word = search.trim().toLowerCase()
  const found = paired.filter(({ operatorLabel, displayName, clientId, remoteIp, deviceId }) =>
    [operatorLabel, displayName, clientId, remoteIp, deviceId].some((text) =>
      text?.toLowerCase().includes(word),
    ),
  )
  return { pending, paired: found.slice(0, limit), total: found.length }
}
