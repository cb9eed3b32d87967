import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serveJobs } from '../machine/children.ts'

// Answers everything in a few letters: what stands behind both proxies, and the baseline of `verify`.
const server = createServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': '2' }).end('ok')
})
const listening = new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
serveJobs<object, number>(async () => {
  await listening
  return (server.address() as AddressInfo).port
})
