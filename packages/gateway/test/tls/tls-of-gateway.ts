import type { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:tls'
import type { TlsReport } from '@pairgate/protocol/wire'
import type { GatewayOfTest } from '../harness/gateway-of-test.ts'

/** What a new handshake is shown, whoever made it. */
export async function shownBy({ port }: GatewayOfTest): Promise<X509Certificate> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const certificate = socket.getPeerX509Certificate()
  socket.destroy()
  if (!certificate) throw new Error('the gateway showed no certificate')
  return certificate
}

/** The fingerprint as `status` and pins write it. */
export function pinOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase()
}

/** What `status` says of the certificate. */
export async function reportOf(gateway: GatewayOfTest): Promise<TlsReport> {
  const owner = await gateway.owner()
  const { tls } = await owner.call<{ readonly tls: TlsReport }>('status')
  await owner.end()
  return tls
}

/** One metric without labels, read over the owner's socket. */
export async function metricOf({ ownerSocket }: GatewayOfTest, name: string): Promise<number | undefined> {
  const asked = request({
    socketPath: ownerSocket,
    path: '/__pairgate__/metrics',
    headers: { host: 'localhost' },
  })
  asked.end()
  const [response] = await once(asked, 'response')
  const text: string = (await response.setEncoding('utf8').toArray()).join('')
  const [, value] = new RegExp(`^${name} (\\S+)$`, 'm').exec(text) ?? []
  return value === undefined ? undefined : Number(value)
}

/** Lines of the log with this weight. */
export function loggedAt({ logged }: GatewayOfTest, level: string): readonly string[] {
  return logged.filter((line) => JSON.parse(line).level === level)
}
