import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { expectAccessible } from './accessible.ts'
import { type BrowserWorld, openBrowser, skip } from './browser-world.ts'
import { serveApp } from './serve-app.ts'
import { openUiWorld } from './ui-world.ts'

interface AppsOfTest extends BrowserWorld {
  /** Address of an app that readers may use, and of one that needs more. */
  readonly reading: string
  readonly writing: string
  readonly arrived: readonly IncomingMessage[]
  /** Where both of them really are. */
  readonly target: string
}

/** Apps behind the gateway, which say their own address. */
async function openApps(): Promise<AppsOfTest> {
  const arrived: IncomingMessage[] = []
  const target = await serveApp({ after }, (request, response) => {
    arrived.push(request)
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>app</title><h1>This is the app</h1>')
  })
  const upstreams = [
    { match: { path: '/reading' }, target, scope: 'operator.read' },
    { match: { path: '/writing' }, target, scope: 'operator.write' },
  ]
  const world = await openBrowser({ after }, { upstreams }, { upstreams: { port: 0, plainCookies: true } })
  const apps = `http://127.0.0.1:${world.running.upstreamsPort}`
  return Object.assign(world, {
    reading: `${apps}/reading/x?y=1`,
    writing: `${apps}/writing/`,
    arrived,
    target,
  })
}
const world = skip ? undefined : await openApps()

const shows = (page: Page, text: string) => page.getByText(text).first().waitFor()

test('a browser that wants an app enters a code on the way, and stands where it wanted to go', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.visit(world.reading, { from: world.origin })
  assert.ok(page.url().startsWith(`${world.pairPage}?return=`))
  await shows(page, 'Pair this browser to go on')
  await shows(page, `Then you go on to ${new URL(world.reading).host}.`)
  await page.getByRole('textbox').fill((await world.invite()).code)
  await page.keyboard.press('Enter')
  await shows(page, 'This is the app')
  assert.equal(page.url(), world.reading)
  assert.ok(world.arrived.every(({ headers }) => !/pg[a-z]_/.test(JSON.stringify(headers))))
  // Back leads to no ticket and to no page that would lead here again.
  await page.goBack().catch(() => undefined)
  assert.doesNotMatch(page.url(), /ticket|__pairgate__\/pair/)
  await close()
})

test('with the app waiting behind, one browser asks, an operator approves, and the app opens', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.visit(world.reading, { from: world.origin })
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  const requestId = (await page.locator('.facts .mono').textContent()) ?? ''
  await world.owner.request('device.pair.approve', { requestId })
  await shows(page, 'This is the app')
  await close()
})

test('a browser that is paired already passes the page without a word', { skip }, async () => {
  assert.ok(world)
  const { page, close } = await world.visit(world.reading, { from: world.origin })
  await page.getByRole('textbox').fill((await world.invite()).code)
  await page.keyboard.press('Enter')
  await shows(page, 'This is the app')
  await page.context().clearCookies()
  await page.goto(world.reading)
  await shows(page, 'This is the app')
  await close()
})

test('an app that needs more says what, the page asks for it and goes on when it is given', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.visit(world.writing, { from: world.origin })
  await page.getByRole('textbox').fill((await world.invite()).code)
  await page.keyboard.press('Enter')
  await shows(page, 'One right is missing')
  await shows(page, 'operator.write')
  await expectAccessible(page)
  const ask = page.getByRole('button', { name: 'Ask for it' })
  await ask.click()
  await page.locator('.words').waitFor()
  const request = page.locator('.facts .mono')
  const first = (await request.textContent()) ?? ''
  await world.owner.request('device.pair.reject', { requestId: first })
  await shows(page, 'The request was rejected')
  await ask.click()
  await page.locator('.words').waitFor()
  const second = (await request.textContent()) ?? ''
  assert.notEqual(second, first)
  // Who is in stays in, however long it takes.
  await page.clock.setSystemTime(Date.now() + 11 * 60_000)
  await page.getByRole('timer').getByText('0:00').waitFor()
  assert.equal(await request.textContent(), second)
  const { pending } = await world.owner.request('device.pair.list', {})
  assert.deepEqual(pending.find((row) => row.requestId === second)?.scopes?.toSorted(), ['operator.write'])
  await world.owner.request('device.pair.approve', { requestId: second })
  await shows(page, 'This is the app')
  await close()
})

test('a gateway that restarts while an operator has to decide is waited for, and asked for the same', {
  skip,
}, async () => {
  assert.ok(world)
  const upstreams = [{ match: { host: 'app.test' }, target: world.target, scope: 'operator.write' }]
  const restarted = await openUiWorld({ after }, { upstreams }, { upstreams: { plainCookies: true } })
  const app = `http://app.test:${restarted.port}/`
  const { page, close } = await world.visit(app, { from: restarted.origin })
  const { secret } = await restarted.owner.request('device.pair.invite', {})
  await page.getByRole('textbox').fill(secret)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Ask for it' }).click()
  await page.locator('.words').waitFor()
  const requestId = (await page.locator('.facts .mono').textContent()) ?? ''
  await restarted.stop()
  await shows(page, 'The gateway does not answer')
  await restarted.start()
  await page.locator('.words').waitFor()
  assert.equal(await page.locator('.facts .mono').textContent(), requestId)
  await restarted.owner.request('device.pair.approve', { requestId })
  await shows(page, 'This is the app')
  await close()
})

test('an address that no app has sent is shown, and never gone to', { skip }, async () => {
  assert.ok(world)
  const state = 'A'.repeat(64)
  for (const wanted of ['http://evil.test/x', 'javascript:alert(1)', '//evil.test', `${world.reading}#x`]) {
    const url: string = `${world.pairPage}?return=${encodeURIComponent(wanted)}&state=${state}`
    const { page, close } = await world.visit(url)
    await page.getByRole('textbox').fill((await world.invite()).code)
    await page.keyboard.press('Enter')
    await shows(page, 'The way to the app is not known any more')
    await expectAccessible(page)
    assert.equal(page.url(), url)
    await close()
  }
})
