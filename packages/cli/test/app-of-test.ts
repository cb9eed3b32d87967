import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createPort } from 'node:net'
import type { TestHooks } from './host-of-test.ts'

/** Something real behind a gateway. */
export interface AppOfTest {
  readonly target: string
  readonly arrived: IncomingMessage[]
}

export async function startApp(hooks: TestHooks, answer: RequestListener): Promise<AppOfTest> {
  const arrived: IncomingMessage[] = []
  const server = createServer((request, response) => {
    arrived.push(request)
    answer(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  hooks.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { target: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrived }
}

/** A port that is free now: the settings of a gateway have to name that of its apps. */
export async function freePort(): Promise<number> {
  const server = createPort()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}
