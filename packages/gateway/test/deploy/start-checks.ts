import assert from 'node:assert/strict'
import type { Arrived } from '../proxy/upstream-of-test.ts'
import { type Answer, type Front, HOST, send } from './front.ts'
import type { Credentials } from './start-credentials.ts'
import type { Outcome, Start, StartRow } from './start-table.ts'

/** An app with somebody in front, and who asks for it. */
export interface Opened {
  readonly front: Pick<Front, 'origin' | 'app' | 'connect'>
  readonly by: Credentials
}

/** Sends a row, and looks at what came back and at what the app has got. */
export async function assertStart(opened: Opened, row: StartRow, outcome: Outcome): Promise<void> {
  const { front, by } = opened
  front.app.upgradeBy((_request, socket) =>
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
  )
  const start = await row.start(by, { origin: front.origin, nonce: () => tellNonce(opened) })
  if (start.isSentBefore) await send(front, bytesOf(start))
  front.app.arrived.length = 0
  const answer = await send(front, bytesOf(start))
  assertOutcome(answer, outcome, start)
  if (outcome === 'app') assertArrived(start, front.app.arrived, by)
  else assert.equal(front.app.arrived.length, 0, 'it has reached the app')
}

/** What may never reach an app: what opened the way to it, and what its client made up. */
const NEVER = /forged|198\.51\.100\.66|other\.example|4711|pg[acd]_|pairgate-/

/** A request as it is sent. */
export function bytesOf({ method = 'GET', target = '/a?b=c', host = HOST, ...start }: Start): string {
  const { lines, body = '', connection = 'close' } = start
  const length = body === '' ? [] : [`Content-Length: ${body.length}`]
  const all = [`Host: ${host}`, ...lines, ...length, `Connection: ${connection}`]
  return [`${method} ${target} HTTP/1.1`, ...all, '', body].join('\r\n')
}

function assertArrived(sent: Start, arrived: readonly Arrived[], { device }: Credentials): void {
  assert.equal(arrived.length, 1, 'it has reached the app once')
  const { method, url, headers, rawHeaders, body } = arrived[0] as Arrived
  assert.deepEqual([method, url], [sent.method ?? 'GET', sent.arrives ?? sent.target ?? '/a?b=c'])
  assert.equal(body, sent.body ?? '')
  assert.equal(headers.host, HOST)
  assert.equal(headers.upgrade, asksForWebSocket(sent) ? 'websocket' : undefined)
  const told = ['device', 'role', 'scopes'].map((name) => headers[`x-pairgate-${name}`])
  assert.deepEqual(told, [device.id, 'operator', told[2]])
  assert.match(String(told[2]), /^(?:operator\.read operator\.write|operator\.write operator\.read)$/)
  assert.ok(headers['x-pairgate-session'])
  assert.equal(headers.authorization, undefined)
  assert.equal(headers['dpop'], undefined)
  assert.equal(headers['x-forwarded-for'], '127.0.0.1')
  const values = rawHeaders.filter((_each, at) => at % 2 === 1)
  for (const value of values) assert.doesNotMatch(value, NEVER)
  if (sent.lines.some((line) => line.startsWith('Cookie')))
    assert.match(headers.cookie ?? '', /^a=1(?:; ?b=2)?$/)
}

function asksForWebSocket({ lines }: Start): boolean {
  return lines.includes('Upgrade: websocket')
}

function assertOutcome(answer: Answer, wanted: Outcome, sent: Start): void {
  const passed = asksForWebSocket(sent) ? 101 : 200
  assert.equal(answer.status, wanted === 'app' ? passed : wanted, answer.body)
  if (wanted === 401) assert.match(answer.headers.get('www-authenticate') ?? '', /^(?:Bearer|DPoP) realm=/)
}

/** A proof that was made before the gateway started is answered with a nonce. */
async function tellNonce({ front, by }: Opened): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000) - 50
  const proof = await by.prove({ url: `${front.origin}/n`, claims: { iat } })
  const lines = [`Authorization: DPoP ${by.deviceToken}`, `DPoP: ${proof}`]
  const { headers } = await send(front, bytesOf({ target: '/n', lines }))
  return headers.get('dpop-nonce') ?? assert.fail('no nonce was told')
}
