import { createServer, type OutgoingHttpHeaders } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import type * as Undici from 'undici'
import { serveJobs } from '../machine/children.ts'

// The same copy that the gateway uses.
const { Pool } = createRequire(import.meta.resolve('@pairgate/gateway'))('undici') as typeof Undici

/** The baseline of proxied requests: undici between two sockets, with nobody asked and nothing looked at. */
serveJobs<{ readonly upstreamPort: number }, number>(async ({ upstreamPort }) => {
  const pool = new Pool(`http://127.0.0.1:${upstreamPort}`)
  const server = createServer((request, response) => {
    pool.stream(
      { path: request.url ?? '/', method: 'GET', opaque: response },
      ({ statusCode, headers }) => response.writeHead(statusCode, headers as OutgoingHttpHeaders),
      (error) => {
        if (error) response.destroy(error)
      },
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
})
