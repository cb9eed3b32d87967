/** The protocol that this build speaks. */
export const PROTOCOL_VERSION = 4
/** The oldest protocol in which a node or a probe may still introduce itself (protocol fact 10). */
export const MINIMUM_PROBE_PROTOCOL = 3
/** The capability by which our own clients ask for fields that OpenClaw's closed schemas do not know. */
export const PAIRGATE_CAPABILITY = 'pairgate-1'

export interface ProtocolAsk {
  readonly minProtocol: number
  readonly maxProtocol: number
  readonly role: string
  readonly clientMode: string
}

/**
 * Whether the range that a client offers includes us. Probes are let in from version 3 on, and so are
 * nodes, because a fleet of nodes cannot be updated in one night.
 */
export function acceptsProtocol(ask: ProtocolAsk): boolean {
  if (ask.minProtocol > PROTOCOL_VERSION) return false
  const oldNode = ask.role === 'node' && ask.clientMode === 'node'
  const oldest = ask.clientMode === 'probe' || oldNode ? MINIMUM_PROBE_PROTOCOL : PROTOCOL_VERSION
  return ask.maxProtocol >= oldest
}
