import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { after, test } from 'node:test'
import { type BrowserWorld, openBrowser, skip } from './browser-world.ts'
import { serveApp } from './serve-app.ts'

const ATTACK = readFileSync(new URL('./attack.js', import.meta.url))

interface Got {
  readonly opened: string
  readonly otherWorker: string
}

interface EvilWorld extends BrowserWorld {
  readonly app: string
  readonly arrived: readonly IncomingMessage[]
}

/** An app that belongs to somebody else by now, and one beside it at the same port. */
async function openEvil(): Promise<EvilWorld> {
  const arrived: IncomingMessage[] = []
  const target = await serveApp({ after }, (request, response) => {
    arrived.push(request)
    const isScript = request.url?.endsWith('.js')
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.setHeader('service-worker-allowed', '/')
    response.setHeader('set-cookie', 'pairgate-state=evil; Path=/')
    response.end(isScript ? ATTACK : '<!doctype html><title>app</title><h1>This is the app</h1>')
  })
  const upstreams = [
    { match: { path: '/evil' }, target, scope: 'operator.read', websocket: true },
    { match: { path: '/other' }, target, scope: 'operator.read' },
  ]
  const world = await openBrowser({ after }, { upstreams }, { upstreams: { port: 0, plainCookies: true } })
  return Object.assign(world, { app: `http://127.0.0.1:${world.running.upstreamsPort}/evil/`, arrived })
}
const world = skip ? undefined : await openEvil()

test('an app gets nothing of the console, of another app or of the cookie by which it was entered (T04, T07, T39)', {
  skip,
}, async () => {
  assert.ok(world)
  const { page } = await world.visit(world.app, { from: world.origin })
  await page.getByRole('textbox').fill((await world.invite()).code)
  await page.keyboard.press('Enter')
  await page.getByText('This is the app').waitFor()

  const got = await page.evaluate<Got>(
    `import('./attack.js').then(({ attack }) => attack('${world.origin}'))`,
  )
  assert.deepEqual(got, {
    keys: 0,
    kept: 0,
    cookies: '',
    framed: 'SecurityError',
    opened: got.opened,
    page: 'TypeError',
    verify: 'TypeError',
    socket: 'refused',
    ownSocket: 'refused',
    gatewayHere: '404',
    pageHere: '404',
    otherApp: '401',
    itself: '200',
    worker: 'SecurityError',
    otherWorker: got.otherWorker,
  })
  assert.match(got.opened, /^(?:SecurityError|blocked)$/)
  // The script of another app is not even had.
  assert.match(got.otherWorker, /^(?:SecurityError|TypeError)$/)
  assert.ok(!page.frames().some((each) => each !== page.mainFrame() && each.url().startsWith(world.origin)))
  for (const { headers, url } of world.arrived) {
    assert.ok(!/pairgate|pg[a-z]_/.test(headers.cookie ?? ''), `${url}: ${headers.cookie}`)
    assert.equal(headers.authorization, undefined)
  }
  // Nobody was let in or out by it.
  await page.goto(world.app)
  await page.getByText('This is the app').waitFor()
  await page.context().close()
})
