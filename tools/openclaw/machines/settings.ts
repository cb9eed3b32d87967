/** Whose gateway it is: OpenClaw's, or the one of this checkout. */
export type Side = 'there' | 'here'

/**
 * This machine alone without TLS, or the network with it; or this machine, where our gateway takes over the
 * devices of OpenClaw's and stands in its place afterwards.
 */
export type Place = 'loopback' | 'network' | 'moved'

export interface Site {
  readonly place: Place
  readonly port: number
  readonly secret: string
}

/** The config file that makes both the same gateway. */
export function settingsFor(side: Side, site: Site): { readonly file: string; readonly settings: object } {
  return side === 'here'
    ? { file: 'pairgate.json', settings: ourSettings(site) }
    : { file: 'openclaw.json', settings: theirSettings(site) }
}

function ourSettings({ place, port, secret }: Site): object {
  const pairing = { publicUrl: publicUrlOf(port) }
  return { gateway: { port, auth: { token: secret }, ...placeOf(place, { pairing }) } }
}

/** With its silent approvals off, so that there is something to approve. */
function theirSettings({ place, port, secret }: Site): object {
  const plugin = { entries: { 'device-pair': { config: { publicUrl: publicUrlOf(port) } } } }
  const nodes = { pairing: { autoApproveLocal: false } }
  const auth = { mode: 'token', token: secret }
  return { gateway: { mode: 'local', port, auth, nodes, ...placeOf(place, {}) }, plugins: plugin }
}

function placeOf(place: Place, onLoopback: object): object {
  return place === 'network' ? { bind: 'lan', tls: { enabled: true } } : { bind: 'loopback', ...onLoopback }
}

/** OpenClaw's command takes a join link without TLS for its own machine only. */
function publicUrlOf(port: number): string {
  return `http://127.0.0.1:${port}`
}
