import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { expectAccessible } from './accessible.ts'
import { openBrowser, skip, type Visit } from './browser-world.ts'
import { openUiWorld } from './ui-world.ts'

const world = skip ? undefined : await openBrowser({ after })

const shows = (page: Page, text: string) => page.getByText(text).first().waitFor()
const enterCode = async (page: Page, code: string): Promise<void> => {
  await page.getByRole('textbox').fill(code)
  await page.keyboard.press('Enter')
}

/** A browser that is in, and the id of its device. */
async function visitPaired(order: object = {}): Promise<Visit & { readonly deviceId: string }> {
  assert.ok(world)
  const { code } = await world.invite(order)
  const visit = await world.visit()
  await enterCode(visit.page, code)
  await shows(visit.page, 'This browser is paired')
  return { ...visit, deviceId: await world.newestDevice() }
}

test('what is no code is told before anything is sent, and the field keeps what was typed', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.visit()
  for (const [typed, said] of [
    ['12345', 'That is no code'],
    ['http://127.0.0.1/__pairgate__/pair#pgi_short', 'The link is not complete'],
    [(await world.invite()).link.replace('127.0.0.1', 'evil.test'), 'The link is for another gateway'],
  ] as const) {
    await enterCode(page, typed)
    await page.getByRole('alert').getByText(said).waitFor()
    assert.equal(await page.getByRole('textbox').inputValue(), typed)
    await expectAccessible(page)
  }
  await close()
})

test('a link that is pasted into the field is good there too', { skip }, async () => {
  assert.ok(world)
  const { link } = await world.invite()
  const { page, close } = await world.visit()
  await enterCode(page, link)
  await shows(page, 'This browser is paired')
  await close()
})

test('a link that somebody else has used says so, and a broken one too', { skip }, async () => {
  assert.ok(world)
  const { link, secret } = await world.invite()
  const first = await world.visit(link)
  await first.page.getByRole('button', { name: 'Pair this browser' }).click()
  await shows(first.page, 'This browser is paired')
  await first.close()
  const { page, close } = await world.visit(link)
  await page.getByRole('button', { name: 'Pair this browser' }).click()
  await shows(page, 'The link is not valid any more')
  await page.goto(`${world.pairPage}#${secret.slice(0, -1)}`)
  await shows(page, 'The link is not complete')
  assert.equal(page.url(), world.pairPage)
  await close()
})

test('a code that has to be confirmed shows the words, and its browser is in when the inviter confirms', {
  skip,
}, async () => {
  assert.ok(world)
  const { code, id } = await world.invite({ confirm: true })
  const { page, close } = await world.visit()
  await enterCode(page, code)
  await shows(page, 'One more step')
  await expectAccessible(page)
  const { invitations } = await world.owner.request('device.pair.invitations', {})
  const [candidate] = invitations.find((row) => row.id === id)?.candidates ?? []
  const words = await page.locator('.words li').allTextContents()
  assert.equal(candidate?.fingerprint, words.join(' '))
  await world.owner.request('device.pair.confirm', { id })
  await shows(page, 'This browser is paired')
  await close()
})

test('a rejected request is told, and another try is one press away', { skip }, async () => {
  assert.ok(world)
  const { page, close } = await world.visit()
  await page.getByLabel('View and work').check()
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await page.locator('.words').waitFor()
  const { pending } = await world.owner.request('device.pair.list', {})
  await world.owner.request('device.pair.reject', { requestId: pending[0]?.requestId ?? '' })
  await shows(page, 'The request was rejected')
  await expectAccessible(page)
  assert.ok(await page.getByLabel('View and work').isChecked())
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await page.locator('.words').waitFor()
  await page.getByRole('button', { name: 'Stop waiting' }).click()
  await shows(page, 'Pair this browser')
  await close()
})

test('a page that nobody has answered stops waiting; what was approved meanwhile counts', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.visit()
  await page.clock.install()
  await page.reload()
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  const requestId = (await page.locator('.facts .mono').textContent()) ?? ''
  await page.clock.fastForward(10 * 60_000)
  await shows(page, 'Nobody has answered yet')
  await world.owner.request('device.pair.approve', { requestId })
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await shows(page, 'This browser is paired')
  await close()
})

test('a page that is loaded anew while it waits goes on waiting for the same request', { skip }, async () => {
  assert.ok(world)
  const { page, close } = await world.visit()
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  const request = page.locator('.facts .mono')
  const requestId = (await request.textContent()) ?? ''
  await page.reload()
  assert.equal(await request.textContent(), requestId)
  await world.owner.request('device.pair.approve', { requestId })
  await shows(page, 'This browser is paired')
  await close()
})

test('a browser that was removed, or has lost its token or its key, is told so and is in again in one step', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close, deviceId } = await visitPaired()
  await world.owner.request('device.pair.remove', { deviceId })
  await shows(page, 'This browser was removed')
  await enterCode(page, (await world.invite()).code)
  await shows(page, 'This browser is paired')

  const forgetTokens = `new Promise((done) => {
    const opening = indexedDB.open('pairgate')
    opening.onsuccess = () => {
      const change = opening.result.transaction('tokens', 'readwrite')
      change.objectStore('tokens').clear()
      change.oncomplete = done
    }
  })`
  await page.evaluate(forgetTokens)
  await page.reload()
  await shows(page, 'This browser has lost its access')
  await enterCode(page, (await world.invite()).code)
  await shows(page, 'This browser is paired')

  await page.goto(`${world.origin}/healthz`)
  await page.evaluate("new Promise((done) => { indexedDB.deleteDatabase('pairgate').onsuccess = done })")
  await page.goto(world.pairPage)
  await shows(page, 'This browser has lost its key')
  await expectAccessible(page)
  await enterCode(page, (await world.invite()).code)
  await shows(page, 'This browser is paired')
  await close()
})

test('a token that runs out asks for more time by itself, and the page waits for it', { skip }, async () => {
  assert.ok(world)
  const { page, close, deviceId } = await visitPaired({ tokenTtlMs: 1_200 })
  await shows(page, 'The time of this browser has run out')
  const { pending } = await world.owner.request('device.pair.list', {})
  const request = pending.find((row) => row.deviceId === deviceId)
  await world.owner.request('device.pair.approve', { requestId: request?.requestId ?? '', expiresInMs: null })
  await shows(page, 'This browser is paired')
  await close()
})

test('a clock that is wrong is told, and so is an answer that is none', { skip }, async () => {
  assert.ok(world)
  const { page, close } = await world.visit()
  const answers = [
    { code: 'INVALID_REQUEST', message: 'stale', details: { code: 'DEVICE_AUTH_SIGNATURE_EXPIRED' } },
  ]
  await page.routeWebSocket(/.*/, (socket) => {
    const server = socket.connectToServer()
    server.onMessage((text) => {
      const frame = JSON.parse(String(text))
      const error = frame.type === 'res' ? answers[0] : undefined
      socket.send(
        frame.type !== 'res' ? text : error ? JSON.stringify({ ...frame, ok: false, error }) : '<html>',
      )
    })
  })
  await page.reload()
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await shows(page, 'The clocks do not agree')
  answers.pop()
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await shows(page, 'The gateway gave no proper answer')
  await close()
})

test('a browser that lacks what is needed, or keeps nothing, says what to do', { skip }, async () => {
  assert.ok(world)
  for (const [script, said] of [
    ['delete Promise.withResolvers', 'This browser is too old'],
    [
      "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }",
      'This browser keeps nothing',
    ],
  ] as const) {
    const { page, close } = await world.visit()
    await page.addInitScript(script)
    await page.reload()
    await shows(page, said)
    await expectAccessible(page)
    await close()
  }
})

test('while the gateway is away the page waits and comes back by itself, on every step', {
  skip,
}, async () => {
  assert.ok(world)
  const away = await openUiWorld({ after })
  const { page, close } = await world.visit(away.pairPage)
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await page.locator('.words').waitFor()
  const requestId = (await page.locator('.facts .mono').textContent()) ?? ''
  await away.stop()
  await shows(page, 'Your request is safe')
  await expectAccessible(page)
  await away.start()
  await page.getByText('Your request is safe').waitFor({ state: 'detached' })
  await away.owner.request('device.pair.approve', { requestId })
  await shows(page, 'This browser is paired')

  await away.stop()
  await shows(page, 'The gateway does not answer')
  await expectAccessible(page)
  await away.start()
  await shows(page, 'This browser is paired')
  await close()
})

test('too many wrong codes lock the field for a while, and the other ways stay open', { skip }, async () => {
  assert.ok(world)
  const locked = await openUiWorld({ after })
  const { page, close } = await world.visit(locked.pairPage)
  for (const code of ['000001', '000002', '000003']) {
    await enterCode(page, code)
    await shows(page, 'This code is not valid')
    await page.getByRole('textbox').fill('')
  }
  // A code that is pasted over another is written as it is read aloud, too.
  const field = page.getByRole('textbox')
  await field.fill('000009')
  await field.fill('000004')
  assert.equal(await field.inputValue(), '000 004')
  await enterCode(page, '000004')
  await shows(page, 'Too many tries')
  await expectAccessible(page)
  assert.match((await page.getByRole('timer').textContent()) ?? '', /^Another try in [45]:\d\d\.$/)
  const submit = page.getByRole('button', { name: 'Pair', exact: true })
  assert.equal(await submit.getAttribute('aria-disabled'), 'true')
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await page.locator('.words').waitFor()
  await close()
})
