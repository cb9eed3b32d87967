export const VIEWS = ['requests', 'me'] as const
export type View = (typeof VIEWS)[number]

/** What the fragment of the address names. It is never followed anywhere, and holds nothing secret. */
export interface Route {
  readonly view: View
}

export function readRoute(hash: string): Route {
  return { view: VIEWS.find((each) => hash === `#${each}`) ?? 'requests' }
}
