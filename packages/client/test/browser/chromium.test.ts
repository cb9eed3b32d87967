import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import type { GatewaySession } from '../../src/gateway-session.ts'
import { openRealGateway } from '../real-gateway.ts'
import { bundleForBrowsers, type Library } from './browser-bundle.ts'
import { CHROMIUM_FLAGS, findChromium, servePages } from './chromium.ts'

// The same promises are kept in browser-parts.test.ts, without a browser.

/** What the script of a page leaves for the next one. */
declare global {
  var session: GatewaySession
}

const executablePath = findChromium()
const skip = executablePath === undefined && 'no Chromium on this machine (chromium, google-chrome)'

async function open() {
  const port = await servePages({ after }, await bundleForBrowsers({ after }))
  const [safe, plain] = [`http://127.0.0.1:${port}`, `http://device.test:${port}`]
  const gateway = await openRealGateway({ after }, { controlUi: { allowedOrigins: [safe, plain] } })
  const browser = await chromium.launch({ executablePath: executablePath ?? '', args: CHROMIUM_FLAGS })
  after(() => browser.close())
  return { gateway, safe, plain, context: () => browser.newContext() }
}
const world = skip ? undefined : await open()

async function visit(context: BrowserContext, origin: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(origin)
  return page
}

/** In the page: starts a session that waits for its approval. @returns id and storage of the key. */
function start(page: Page, url: string): Promise<{ deviceId: string; storage: string | undefined }> {
  return page.evaluate(async (gatewayUrl) => {
    const script = '/client.js'
    const library: Library = await import(script)
    const key = await library.loadOrCreateBrowserKey()
    globalThis.session = library.connectGateway({
      ...{ url: gatewayUrl, key, tokens: library.createBrowserTokenStore(), wait: true },
      ...{ scopes: ['operator.read'], retry: { firstMs: 20, maxMs: 100 } },
    })
    return { deviceId: key.deviceId, storage: key.storage }
  }, url)
}
const callHealth = (page: Page): Promise<unknown> =>
  page.evaluate(async () => (await globalThis.session.request('health', {}))['ok'])

for (const [where, storage] of [
  ['safe', 'non-extractable'],
  ['plain', 'extractable'],
] as const) {
  test(`in a real browser a page of ${where === 'safe' ? 'this machine' : 'a plain-HTTP host'} pairs, calls and comes back (${storage} key)`, {
    skip,
  }, async () => {
    assert.ok(world)
    const context = await world.context()
    const page = await visit(context, world[where])
    const device = await start(page, world.gateway.url)
    assert.equal(device.storage, storage)
    await world.gateway.approve(device.deviceId)
    assert.equal(await callHealth(page), true)

    // A page that is loaded anew is the same device, and needs nobody's approval.
    await page.reload()
    assert.deepEqual(await start(page, world.gateway.url), device)
    assert.equal(await callHealth(page), true)
    assert.deepEqual((await world.gateway.owner.request('device.pair.list', {})).pending, [])
    await context.close()
  })
}

test('in a real browser two tabs of one device live through rotations of its token', { skip }, async () => {
  assert.ok(world)
  const context = await world.context()
  const pages = [await visit(context, world.safe), await visit(context, world.safe)]
  const [device, same] = await Promise.all(pages.map((page) => start(page, world.gateway.url)))
  assert.deepEqual(same, device)
  const deviceId = device?.deviceId ?? ''
  await world.gateway.approve(deviceId)
  for (let round = 0; round < 3; round += 1) {
    for (const page of pages) assert.equal(await callHealth(page), true)
    const again = pages.map((page) =>
      page.evaluate(
        () =>
          new Promise<void>((resolve) => {
            globalThis.session.onState(({ kind }) => kind === 'open' && resolve())
          }),
      ),
    )
    // The listeners have to be there before the connections go.
    for (const page of pages) await page.evaluate(() => undefined)
    await world.gateway.owner.request('device.token.rotate', { deviceId, role: 'operator' })
    await Promise.all(again)
  }
  assert.deepEqual((await world.gateway.owner.request('device.pair.list', {})).pending, [])
  await context.close()
})

test('a page of an origin that is not allowed gets no connection', { skip }, async () => {
  assert.ok(world)
  const context = await world.context()
  const page = await visit(context, world.safe.replace('127.0.0.1', 'localhost'))
  await start(page, world.gateway.url)
  const state = await page.evaluate(
    () =>
      new Promise((resolve) => {
        globalThis.session.onState((next) => next.kind === 'paused' && resolve(next.error.code))
      }),
  )
  assert.equal(state, 'UNREACHABLE')
  await context.close()
})

test('a browser does not show where a redirect leads, so a signed request is not sent along it', {
  skip,
}, async () => {
  assert.ok(world)
  const context = await world.context()
  const page = await visit(context, world.safe)
  const answers = await page.evaluate(async (origin) => {
    const script = '/client.js'
    const library: Library = await import(script)
    const key = await library.loadOrCreateBrowserKey()
    const tokens = library.createMemoryTokenStore()
    await tokens.save(origin.replace('http', 'ws'), key.deviceId, 'operator', { token: 'pgd_x', scopes: [] })
    const fetch = library.createFetch({ url: origin, key, tokens })
    const status = (await fetch('/')).status
    return [status, await fetch('/away').catch(({ code }) => code)]
  }, world.safe)
  assert.deepEqual(answers, [200, 'REDIRECTED'])
  await context.close()
})

test('the page among the examples pairs the browser that opens it', { skip }, async (t) => {
  assert.ok(world)
  const script = fileURLToPath(new URL('../../../../examples/browser/serve.js', import.meta.url))
  const server = spawn(process.execPath, [script, '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => server.kill('SIGKILL'))
  const [said] = await once(server.stdout, 'data')
  const origin = String(said).trim()
  const gateway = await openRealGateway({ after }, { controlUi: { allowedOrigins: [origin] } })
  const context = await world.context()
  const page = await context.newPage()
  await page.goto(`${origin}/?gateway=${gateway.url}`)
  await page.waitForFunction("document.getElementById('words').textContent.split(' ').length === 6")
  const { pending } = await gateway.owner.request('device.pair.list', {})
  assert.equal(pending[0]?.displayName, 'Example page')
  await gateway.approve(pending[0]?.deviceId ?? '')
  await page.waitForFunction("document.getElementById('health').textContent === 'yes'")
  await context.close()
})
