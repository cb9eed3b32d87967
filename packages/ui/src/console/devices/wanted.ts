export const STATES = ['live', 'expired', 'revoked'] as const
export const SORTS = ['name', 'paired', 'seen', 'expires'] as const

/** Which devices the reader wants to see, and in which order. */
export interface Wanted {
  readonly search: string
  readonly state: (typeof STATES)[number] | ''
  readonly sort: (typeof SORTS)[number]
  readonly isConnected: boolean
}

export const EVERYTHING: Wanted = { search: '', state: '', sort: 'name', isConnected: false }

/** The same for the gateway. */
export function paramsOf({ search, state, sort, isConnected }: Wanted) {
  const text = search.trim()
  return {
    sort,
    order: sort === 'paired' || sort === 'seen' ? ('desc' as const) : ('asc' as const),
    ...(text !== '' && { search: text }),
    ...(state !== '' && { state }),
    ...(isConnected && { connected: true }),
  }
}
