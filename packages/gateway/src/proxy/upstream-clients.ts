import type { ClientRequest } from 'node:http'
import type { Dispatcher } from 'undici'
import type { UpstreamConfig } from '../config/upstream-config.ts'
import { createUpstreamBytes, type UpstreamBytes } from '../metrics/upstream-bytes.ts'
import { openUpstreamRequest, type UpstreamAsking } from './upstream-request.ts'
import { readUpstreamTls, type UpstreamTls } from './upstream-tls.ts'

/** The connections to what is behind the gateway. */
export interface UpstreamClients {
  of(upstream: UpstreamConfig): Dispatcher
  /** A request on a connection of its own, for what the library of the forwarder does not do. */
  request(upstream: UpstreamConfig, asking: UpstreamAsking): ClientRequest
  /** What went over all of them. */
  readonly bytes: UpstreamBytes
  /** Cuts them all. */
  close(): Promise<void>
}

/** The library takes memory and time, so it is read only where something is behind the gateway. */
export async function openUpstreamClients(upstreams: readonly UpstreamConfig[]): Promise<UpstreamClients> {
  const pools = new Map<UpstreamConfig, Dispatcher>()
  const tls = new Map<UpstreamConfig, UpstreamTls | undefined>()
  const bytes = createUpstreamBytes()
  if (upstreams.length > 0) {
    const { Pool, buildConnector } = await import('undici')
    for (const upstream of upstreams) {
      const { target, timeouts } = upstream
      const { socketPath } = target
      const proof = await readUpstreamTls(target)
      const connect = buildConnector({
        timeout: timeouts.connectMs,
        allowH2: false,
        ...(socketPath !== undefined && { socketPath }),
        ...proof,
      })
      const pool = new Pool(target.origin, {
        // The library calls an upstream by the host that a client names, and would take its certificate for that.
        connect: (options, callback) =>
          connect({ ...options, servername: proof?.servername ?? '' }, (...[error, socket]) => {
            if (socket) bytes.watch(target.name, socket)
            callback(...([error, socket] as Parameters<typeof callback>))
          }),
        headersTimeout: timeouts.responseMs,
        // The client's side tells whether anything moves, in either direction.
        bodyTimeout: 0,
        pipelining: 1,
        allowH2: false,
        maxHeaderSize: 64 * 1_024,
      })
      pools.set(upstream, pool)
      tls.set(upstream, proof)
    }
  }
  return {
    of(upstream) {
      const pool = pools.get(upstream)
      if (!pool) throw new Error('an upstream without a client')
      return pool
    },
    request(upstream, asking) {
      const { target } = upstream
      const asked = openUpstreamRequest(target, tls.get(upstream), asking)
      return asked.once('socket', (socket) => bytes.watch(target.name, socket))
    },
    bytes,
    async close() {
      await Promise.all(Array.from(pools.values(), (pool) => pool.destroy()))
    },
  }
}
