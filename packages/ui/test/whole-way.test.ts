import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { after, test } from 'node:test'
import { expectAccessible } from './accessible.ts'
import { skip } from './browser-world.ts'
import { type ConsoleWorld, openConsole } from './console-world.ts'
import { photograph } from './photograph.ts'
import { serveApp } from './serve-app.ts'
import { expectSoon } from './watch-waits.ts'

interface WayWorld extends ConsoleWorld {
  /** What both tests want to get to. */
  readonly app: string
  /** `open` and `cut`: the stream that a page of the app listens to. */
  readonly streams: EventEmitter
}

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
// It looks again when its stream ends, as live apps do.
const PAGE = `<!doctype html><meta name="viewport" content="width=device-width"><title>app</title>
<h1>This is the app</h1><script>new EventSource('stream').onerror = () => location.reload()</script>`

async function openWay(): Promise<WayWorld> {
  const streams = new EventEmitter()
  const target = await serveApp({ after }, (request: IncomingMessage, response: ServerResponse) => {
    const isStream = request.url?.endsWith('/stream') === true
    response.setHeader('content-type', isStream ? 'text/event-stream' : 'text/html')
    if (!isStream) return response.end(PAGE)
    response.write('data: 1\n\n')
    response.on('close', () => streams.emit('cut'))
    return streams.emit('open')
  })
  const upstreams = [{ match: { path: '/board' }, target, scope: 'operator.read' }]
  const world = await openConsole({ after }, { upstreams }, { upstreams: { port: 0, plainCookies: true } })
  return Object.assign(world, { app: `http://127.0.0.1:${world.running.upstreamsPort}/board/`, streams })
}
const world = skip ? undefined : await openWay()

test('from a fresh gateway to a phone before an app that is put out and reads why', { skip }, async () => {
  assert.ok(world)
  const owner = await world.visit(`${world.pairPage}#${world.running.claim?.text}`)
  await owner.page.getByRole('button', { name: 'Pair this browser' }).click()
  await owner.page.getByText('administer everything').waitFor()
  await owner.page.getByRole('link', { name: 'Open the console' }).click()
  await owner.page.getByRole('link', { name: 'Invite' }).click()
  await owner.page.getByLabel('Your name for it').fill('Phone of Ann')
  await owner.page.getByRole('button', { name: 'Make an invitation' }).click()
  const code = (await owner.page.locator('.code > span').first().textContent()) ?? ''

  const phone = await world.visit(world.app, { ...PHONE, from: world.origin })
  await phone.page.getByRole('textbox').fill(code)
  const streams = once(world.streams, 'open')
  await phone.page.keyboard.press('Enter')
  await phone.page.getByText('This is the app').waitFor()
  assert.equal(phone.page.url(), world.app)
  await streams

  await owner.page.getByText('Phone of Ann has joined').waitFor()
  await owner.page.getByRole('link', { name: 'Show the device' }).click()
  await owner.page.getByRole('button', { name: 'Revoke…' }).click()
  const showsSoon = await expectSoon(phone.page)
  const cut = once(world.streams, 'cut', { signal: AbortSignal.timeout(10_000) })
  await owner.page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
  await cut
  await showsSoon(phone.page.getByText('This browser was put out'))
  await expectAccessible(phone.page)
  await photograph(phone.page, 'way-phone-out')
  // It was told once, and is out all the same.
  await phone.page.goto(world.app)
  await phone.page.getByText('Pair this browser to go on').waitFor()
  // As a number of its own: six digits are found by chance in the times and ids of any log.
  const digits = code.replaceAll(/\D/g, '')
  assert.doesNotMatch(world.logged.join(''), new RegExp(`(?<![\\da-f.])${digits}(?![\\da-f])`))
  await owner.close()
  await phone.close()
})

test('a phone asks on its way to an app, an operator compares the words in the console and approves, and the app opens', {
  skip,
}, async () => {
  assert.ok(world)
  const operator = await world.open({})
  const phone = await world.visit(world.app, { ...PHONE, from: world.origin })
  await phone.page.getByRole('button', { name: 'Ask for approval' }).click()
  const requestId = (await phone.page.locator('.facts .mono').textContent()) ?? ''
  const words = await phone.page.locator('.words li').allTextContents()
  assert.equal(words.length, 6)

  const card = operator.page.getByRole('article').filter({ hasText: requestId })
  await card.waitFor()
  assert.deepEqual(await card.locator('.words li').allTextContents(), words)
  await card.getByRole('button', { name: 'Approve…' }).click()
  await operator.page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).click()
  await phone.page.getByText('This is the app').waitFor()
  assert.equal(phone.page.url(), world.app)
  await operator.close()
  await phone.close()
})
