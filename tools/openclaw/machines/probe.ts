import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import tls from 'node:tls'
import type { Site } from './settings.ts'

/** Whether it says that it serves. */
export function isReady({ place, port }: Site): Promise<boolean> {
  const options = { host: '127.0.0.1', port, path: '/readyz' }
  return new Promise((resolve) => {
    const request =
      place === 'network' ? https.get({ ...options, rejectUnauthorized: false }) : http.get(options)
    request.on('error', () => resolve(false))
    request.on('response', (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
  })
}

export async function readTlsFingerprint(port: number): Promise<string> {
  const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint256.replaceAll(':', '').toLowerCase()
}
