import { type ClientRequest, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { UpstreamTarget } from '../config/upstream-config.ts'
import type { UpstreamTls } from './upstream-tls.ts'

export interface UpstreamAsking {
  readonly method: string
  readonly path: string
  /** Name and value by turns: Node writes a list as it is. */
  readonly headers: readonly string[]
}

/** A request on a connection of its own, for what the library of the forwarder does not do. */
export function openUpstreamRequest(
  { origin, socketPath }: UpstreamTarget,
  tls: UpstreamTls | undefined,
  { headers, ...asking }: UpstreamAsking,
): ClientRequest {
  const { protocol, hostname, port } = new URL(origin)
  const to = socketPath === undefined ? { host: hostname.replace(/^\[|\]$/g, ''), port } : { socketPath }
  const options = { ...to, ...asking, headers: [...headers], agent: false, maxHeaderSize: 64 * 1_024 }
  return protocol === 'https:' ? httpsRequest({ ...options, ...tls }) : httpRequest(options)
}
