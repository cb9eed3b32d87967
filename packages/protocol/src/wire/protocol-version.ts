/** The newest protocol, which our own clients speak. */
export const PROTOCOL_VERSION = 4
/** Every protocol that the gateway speaks, newest first. */
export const PROTOCOL_VERSIONS = [PROTOCOL_VERSION, 3] as const
export type ProtocolVersion = (typeof PROTOCOL_VERSIONS)[number]
/** The oldest protocol in which a node or a probe may introduce itself to the newest (protocol fact 10). */
export const MINIMUM_PROBE_PROTOCOL = 3
/** The capability by which our own clients ask for fields that OpenClaw's closed schemas do not know. */
export const PAIRGATE_CAPABILITY = 'pairgate-1'

/** Whom a connection speaks to; what it is told and may call depends on it. */
export interface Audience {
  readonly protocol: ProtocolVersion
  /** The client announced `pairgate-1`. */
  readonly extended: boolean
}

export interface ProtocolAsk {
  readonly minProtocol: number
  readonly maxProtocol: number
  readonly role: string
  readonly clientMode: string
}

/**
 * The newest protocol in the range that a client offers. Probes and nodes that stop one short get the
 * newest all the same: they read little of it, and a fleet of nodes cannot be updated in one night.
 */
export function chooseProtocol(ask: ProtocolAsk): ProtocolVersion | undefined {
  const oldNode = ask.role === 'node' && ask.clientMode === 'node'
  const lagging = oldNode || ask.clientMode === 'probe'
  const until = lagging && ask.maxProtocol >= MINIMUM_PROBE_PROTOCOL ? PROTOCOL_VERSION : ask.maxProtocol
  return PROTOCOL_VERSIONS.find((version) => ask.minProtocol <= version && version <= until)
}
