import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** A Chromium of this machine; `npm ci` brings none along. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path))
}

/** What keeps a browser to itself, and lets it run as root in a container. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP device.test 127.0.0.1',
]

/** Serves an empty page and the files of a folder. @returns its port. */
export async function servePages(hooks: { after(cleanUp: () => void): void }, dir: string): Promise<number> {
  const server = createServer(({ url = '/' }, response) => {
    const path = join(dir, url.slice(1))
    if (url === '/away') return response.writeHead(302, { location: '/' }).end()
    const isScript = /^\/[a-z-]+\.js$/.test(url) && existsSync(path)
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    return response.end(isScript ? readFileSync(path) : '<!doctype html><title>test</title>')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  hooks.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
