export const VIEWS = ['requests', 'devices', 'invite', 'sessions', 'audit', 'health', 'me'] as const
export type View = (typeof VIEWS)[number]

/** What the fragment of the address names. It is never followed anywhere, and holds nothing secret. */
export interface Route {
  readonly view: View
  /** Of the device that is shown, or whose events are. */
  readonly deviceId: string | undefined
}

export function readRoute(hash: string): Route {
  const [, word, deviceId] = /^#([a-z]+)(?:\/([0-9a-f]{64}))?$/.exec(hash) ?? []
  const view = VIEWS.find((each) => each === word) ?? 'requests'
  return { view, deviceId: view === 'devices' || view === 'audit' ? deviceId : undefined }
}
