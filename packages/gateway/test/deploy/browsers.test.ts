import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { AppTicketResult } from '@pairgate/protocol/wire'
import { BROWSER_STARTS, type BrowserRow, type Visitor } from './browser-table.ts'
import {
  type Answer,
  FRONT_NAMES,
  type Front,
  type FrontName,
  HOST,
  missingFor,
  OTHER,
  openFront,
  send,
} from './front.ts'
import { bytesOf } from './start-checks.ts'
import { enter } from './start-credentials.ts'

const opened = new Map(
  await Promise.all(
    FRONT_NAMES.filter((name) => !missingFor(name)).map(async (name) => [name, await visit(name)] as const),
  ),
)

async function visit(name: FrontName) {
  const front = await openFront({ after }, name, true)
  front.app.upgradeBy((_request, socket) =>
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
  )
  const { client, device } = await enter(front.gateway, ['operator.read', 'operator.write'])
  const ticket = async (target: string, state?: string) => {
    const started = await navigate(front, target, state)
    const { searchParams } = new URL(started.headers.get('location') ?? '')
    const params = { return: searchParams.get('return'), state: searchParams.get('state') }
    const { location } = await client.call<AppTicketResult>('apps.ticket', params)
    return { path: location.slice(front.origin.length), state: state ?? cookieOf(started) }
  }
  const enterBy = async (target: string) => {
    const { path, state } = await ticket(target)
    return { state, cookie: cookieOf(await navigate(front, path, state)) }
  }
  const [here, there] = [await enterBy('/a?b=c'), await enterBy(`${OTHER}/a`)]
  const by: Visitor = {
    origin: front.origin,
    state: here.state,
    cookie: here.cookie,
    otherCookie: there.cookie,
    ticket: async () => (await ticket('/a?b=c', here.state)).path,
    client,
  }
  return { front, by, device }
}

function navigate(front: Front, target: string, cookie?: string): Promise<Answer> {
  const lines = ['Accept: text/html', ...(cookie === undefined ? [] : [`Cookie: ${cookie}`])]
  return send(front, bytesOf({ target, lines }))
}

function cookieOf({ headers, status, body }: Answer): string {
  const [cookie = ''] = (headers.get('set-cookie') ?? '').split(';')
  assert.match(cookie, /pairgate/, `${status} ${body}`)
  return cookie
}

async function assertVisit(name: FrontName, { outcome, start }: BrowserRow): Promise<void> {
  const { front, by, device } = opened.get(name) ?? assert.fail()
  const sent = await start(by)
  if (sent.isSentBefore) await send(front, bytesOf(sent))
  front.app.arrived.length = 0
  const answer = await send(front, bytesOf(sent))
  const [arrived] = front.app.arrived
  if (outcome !== 'app') assert.equal(arrived, undefined, 'it has reached the app')
  if (outcome === 'pairing page') {
    assert.equal(answer.status, 303, answer.body)
    const { origin, pathname, searchParams } = new URL(answer.headers.get('location') ?? '')
    assert.deepEqual([origin, pathname], ['https://gateway.example', '/__pairgate__/pair'])
    assert.equal(searchParams.get('return'), `${front.origin}/a?b=c`)
  } else if (outcome === 'entered') {
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/a?b=c'])
    assert.match(answer.headers.get('set-cookie') ?? '', /HttpOnly;.* SameSite=Lax$/)
  } else if (outcome === 'app') {
    assert.equal(answer.status, sent.connection === 'Upgrade' ? 101 : 200, answer.body)
    const { method, headers, body } = arrived ?? assert.fail('it has not reached the app')
    assert.deepEqual([method, body], [sent.method ?? 'GET', sent.body ?? ''])
    assert.deepEqual([headers['x-pairgate-device'], headers.cookie, headers.host], [device.id, 'a=1', HOST])
  } else {
    assert.equal(answer.status, outcome, answer.body)
  }
}

for (const name of FRONT_NAMES) {
  describe(`browsers, and what becomes of them: ${name}`, { skip: missingFor(name) }, () => {
    for (const row of BROWSER_STARTS)
      test(`${row.request}: ${row.outcome} (T01)`, () => assertVisit(name, row))
    test('the cookie, once the device is revoked: 401', async () => {
      const { front, by, device } = opened.get(name) ?? assert.fail()
      const owner = await front.gateway.owner()
      await owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
      await owner.end()
      front.app.arrived.length = 0
      const lines = ['Sec-Fetch-Mode: cors', `Cookie: ${by.cookie}`]
      assert.equal((await send(front, bytesOf({ lines }))).status, 401)
      assert.equal(front.app.arrived.length, 0)
    })
  })
}
