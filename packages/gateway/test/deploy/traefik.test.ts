import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, describe, test } from 'node:test'
import { parse } from 'yaml'
import { openHttpClient } from '../harness/http-client.ts'
import { openUpstream } from '../proxy/upstream-of-test.ts'
import { HOST, openAskedGateway, send } from './front.ts'
import { playTraefik, type TraefikPlan } from './played-traefik.ts'
import { shippedFile } from './shipped-file.ts'
import { assertStart, type Opened } from './start-checks.ts'
import { makeCredentials } from './start-credentials.ts'
import { READ_ALIKE } from './start-table.ts'
import { DYNAMIC_KEYS, STATIC_KEYS, strangeKeys } from './traefik-keys.ts'

interface HeadersMiddleware {
  readonly headers: { readonly customRequestHeaders: Readonly<Record<string, string>> }
}
interface Router {
  readonly entryPoints: readonly string[]
  readonly rule: string
  readonly middlewares: readonly string[]
  readonly service: string
}
interface Service {
  readonly loadBalancer: { readonly servers: readonly { url: string }[] }
}
interface Dynamic {
  readonly http: {
    readonly routers: { readonly app: Router; readonly enter: Router & { readonly priority: number } }
    readonly middlewares: {
      readonly unsaid: HeadersMiddleware
      readonly pairgate: { readonly forwardAuth: TraefikPlan['forwardAuth'] }
      readonly unneeded: HeadersMiddleware
    }
    readonly services: { readonly app: Service; readonly pairgate: Service }
  }
}

const fixed = parse(shippedFile('traefik/traefik.yml')) as { readonly entryPoints: object }
const dynamic = parse(shippedFile('traefik/dynamic/app.yml')) as Dynamic
const { routers, middlewares, services } = dynamic.http

function planFor(addresses: { readonly verify: string; readonly app: string }): TraefikPlan {
  const { forwardAuth } = middlewares.pairgate
  return {
    forwardAuth: {
      ...forwardAuth,
      address: forwardAuth.address.replace('http://127.0.0.1:18789', addresses.verify),
    },
    removed: { before: removedBy(middlewares.unsaid), after: removedBy(middlewares.unneeded) },
    app: addresses.app,
  }
}

function removedBy({ headers }: HeadersMiddleware): readonly string[] {
  const entries = Object.entries(headers.customRequestHeaders)
  assert.ok(
    entries.every(([, value]) => value === ''),
    'an empty value is what removes a header',
  )
  return entries.map(([name]) => name)
}

describe('the configuration of Traefik', () => {
  test('holds no key that Traefik v3 does not know', () => {
    assert.deepEqual(strangeKeys(fixed, STATIC_KEYS), [])
    assert.deepEqual(strangeKeys(dynamic, DYNAMIC_KEYS), [])
    const misspelt = { http: { routers: { app: { midlewares: [] } } }, tsl: {} }
    assert.deepEqual(strangeKeys(misspelt, DYNAMIC_KEYS), ['/http/routers/app/midlewares', '/tsl'])
  })
  test('names nothing that it does not have, and asks before anything is removed that is needed', () => {
    const { app, enter } = routers
    assert.deepEqual(app.middlewares, ['unsaid', 'pairgate', 'unneeded'])
    for (const name of app.middlewares) assert.ok(name in middlewares, name)
    for (const name of app.entryPoints) assert.ok(name in fixed.entryPoints, name)
    for (const { service } of [app, enter]) assert.ok(service in services, service)
    // The ticket of a browser is asked about nowhere, and nothing else of the gateway is there.
    assert.equal(enter.rule, 'Host(`app.example`) && Path(`/__pairgate__/enter`)')
    assert.ok(enter.priority > app.rule.length && !enter.middlewares.includes('pairgate'))
    assert.deepEqual(services.pairgate.loadBalancer.servers, [{ url: 'http://127.0.0.1:18789' }])
    assert.deepEqual(services.app.loadBalancer.servers, [{ url: 'http://127.0.0.1:3000' }])
    assert.equal(
      middlewares.pairgate.forwardAuth.address,
      'http://127.0.0.1:18789/__pairgate__/verify/redirect',
    )
  })
  test('has a rule that leaves out upgrades but to a WebSocket', () => {
    const rule = /^Host\(`app\.example`\) && !Method\(`TRACE`\) && !HeaderRegexp\(`Upgrade`, `([^`]+)`\)$/
    const [, source = ''] = rule.exec(routers.app.rule) ?? assert.fail(routers.app.rule)
    const left = new RegExp(source)
    for (const value of ['websocket', 'WebSocket']) assert.ok(!left.test(value), value)
    for (const value of ['h2c', 'TLS/1.2', 'websocket, h2c', 'h2c, websocket'])
      assert.ok(left.test(value), value)
  })
})

const opened = await openPlayed()

async function openPlayed(): Promise<Opened> {
  const app = await openUpstream({ after })
  const gateway = await openAskedGateway({ after })
  const plan = planFor({ verify: `http://127.0.0.1:${gateway.port}`, app: app.target })
  const port = await playTraefik({ after }, plan)
  const origin = `https://${HOST}`
  const by = await makeCredentials(gateway, origin)
  return { front: { app, origin, connect: () => connect(port, '127.0.0.1') }, by }
}

/** What is different from Caddy. */
const OTHERWISE: Readonly<Record<string, number>> = {
  // Taken away at the entry point, before anybody is asked.
  '`Connection` that names `Authorization` and `Cookie`': 401,
}

describe('Traefik, as its sources say that it asks', () => {
  for (const row of READ_ALIKE) {
    // Both are written in Go, and ask in the same way.
    const outcome = OTHERWISE[row.request] ?? row.outcome.caddyAsks
    test(`${row.request}: ${outcome} (T30)`, () => assertStart(opened, row, outcome))
  }
  test('passes a refusal on with all that stands in it', async () => {
    const { front } = opened
    const { headers, body } = await send(
      front,
      `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`,
    )
    assert.match(headers.get('www-authenticate') ?? '', /realm="pairgate"/)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(JSON.parse(body).error.code, 'CREDENTIAL_MISSING')
  })
  test('sends a person to pair, at the address that the gateway has said', async () => {
    const lines = ['Accept: text/html', 'Sec-Fetch-Mode: navigate', 'Connection: close']
    const request = `GET /x HTTP/1.1\r\nHost: ${HOST}\r\n${lines.join('\r\n')}\r\n\r\n`
    const { status, headers } = await send(opened.front, request)
    const { origin, pathname, searchParams } = new URL(headers.get('location') ?? '')
    assert.deepEqual([status, origin, pathname], [303, 'https://gateway.example', '/__pairgate__/pair'])
    assert.equal(searchParams.get('return'), `https://${HOST}/x`)
    assert.match(headers.get('set-cookie') ?? '', /^__Host-pairgate-state=/)
  })
  test('passes cookies on that come with a refusal, and a redirect as if its client had asked the gateway', async () => {
    const asked = createServer((_request, response) => {
      response.writeHead(302, { Location: '/start?x=1', 'Set-Cookie': ['a=1; Secure', 'b=2'] }).end()
    })
    asked.listen(0, '127.0.0.1')
    await once(asked, 'listening')
    after(() => asked.close())
    const verify = `http://127.0.0.1:${(asked.address() as AddressInfo).port}`
    const client = openHttpClient({ port: await playTraefik({ after }, planFor({ verify, app: verify })) })
    after(() => client.close())
    const { status, headers } = await client.get('/', { Host: HOST })
    assert.deepEqual([status, headers.location], [302, `${verify}/start?x=1`])
    assert.deepEqual(headers['set-cookie'], ['a=1; Secure', 'b=2'])
  })
})
