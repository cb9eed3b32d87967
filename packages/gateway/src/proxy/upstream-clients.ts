import type { Dispatcher } from 'undici'
import type { UpstreamConfig } from '../config/upstream-config.ts'

/** The connections to what is behind the gateway. */
export interface UpstreamClients {
  of(upstream: UpstreamConfig): Dispatcher
  /** Cuts them all. */
  close(): Promise<void>
}

/** The library takes memory and time, so it is read only where something is behind the gateway. */
export async function openUpstreamClients(upstreams: readonly UpstreamConfig[]): Promise<UpstreamClients> {
  const pools = new Map<UpstreamConfig, Dispatcher>()
  if (upstreams.length > 0) {
    const { Pool } = await import('undici')
    for (const upstream of upstreams) {
      const { target, timeouts } = upstream
      const { socketPath } = target
      const pool = new Pool(target.origin, {
        connect: { timeout: timeouts.connectMs, ...(socketPath !== undefined && { socketPath }) },
        headersTimeout: timeouts.responseMs,
        // The client's side tells whether anything moves, in either direction.
        bodyTimeout: 0,
        pipelining: 1,
        allowH2: false,
        maxHeaderSize: 64 * 1_024,
      })
      pools.set(upstream, pool)
    }
  }
  return {
    of(upstream) {
      const pool = pools.get(upstream)
      if (!pool) throw new Error('an upstream without a client')
      return pool
    },
    async close() {
      await Promise.all(Array.from(pools.values(), (pool) => pool.destroy()))
    },
  }
}
