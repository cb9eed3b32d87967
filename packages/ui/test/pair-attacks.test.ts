import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { openBrowser, skip } from './browser-world.ts'

const world = skip ? undefined : await openBrowser({ after })
const evilPort = await serveEmptyPages()

/** Any page of any name: `http://<name>.test:<port>`. */
async function serveEmptyPages(): Promise<number> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>evil</title>')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

test('a foreign page cannot frame the pairing page (T01)', { skip }, async () => {
  assert.ok(world)
  for (const host of ['evil.test', 'localhost', '127.0.0.1']) {
    const { page } = await world.visit(`http://${host}:${evilPort}/`, { from: world.origin })
    await page.evaluate(
      `new Promise((done) => {
        const frame = document.createElement('iframe')
        frame.src = ${JSON.stringify(world.pairPage)}
        frame.onload = done
        document.body.append(frame)
      })`,
    )
    const [, frame] = page.frames()
    assert.ok(frame)
    assert.equal(await frame.locator('#app').count(), 0, host)
    await page.context().close()
  }
})

test('a foreign page gets no WebSocket before its first frame, guesses no code and is counted for none (T01, T09)', {
  skip,
}, async () => {
  assert.ok(world)
  const { code } = await world.invite()
  // Also a program of the same machine, which has another port, is another origin.
  for (const host of ['evil.test', 'localhost', '127.0.0.1']) {
    const { page } = await world.visit(`http://${host}:${evilPort}/`, { from: world.origin })
    const tried: readonly string[] = await page.evaluate<string[]>(
      `Promise.all(Array.from({ length: 50 }, () => new Promise((done) => {
        const socket = new WebSocket(${JSON.stringify(`${world.origin.replace('http', 'ws')}/`)})
        socket.onmessage = () => done('frame')
        socket.onopen = () => done('open')
        socket.onerror = () => done('refused')
      })))`,
    )
    assert.deepEqual([...new Set(tried)], ['refused'], host)
    await page.context().close()
  }
  const { page, close } = await world.visit()
  await page.getByRole('textbox').fill(code)
  await page.keyboard.press('Enter')
  await page.getByText('This browser is paired').waitFor()
  await close()
})

test('a page on the own origin that guesses is locked after three tries, on loopback too (T09)', {
  skip,
}, async () => {
  assert.ok(world)
  const other = await openBrowser({ after })
  const { page, close } = await other.visit()
  const field = page.getByRole('textbox')
  for (let guess = 0; guess < 3; guess += 1) {
    await field.fill(`00000${guess}`)
    await page.keyboard.press('Enter')
    await page.getByText('This code is not valid').waitFor()
    await field.fill('')
  }
  const { code } = await other.invite()
  await field.fill(code)
  await page.keyboard.press('Enter')
  await page.getByText('Too many tries').waitFor()
  await close()
})

test('a foreign page reads neither the pages nor what they load (T01)', { skip }, async () => {
  assert.ok(world)
  const { page } = await world.visit(`http://evil.test:${evilPort}/`, { from: world.origin })
  const assets = await (await fetch(world.pairPage)).text()
  const script = /src="([^"]+\.js)"/.exec(assets)?.[1] ?? assert.fail()
  for (const url of [world.pairPage, `${world.origin}/__pairgate__/${script}`]) {
    const read = await page.evaluate<string>(
      `fetch(${JSON.stringify(url)}, { mode: 'no-cors' }).then(() => 'came', () => 'refused')`,
    )
    assert.equal(read, 'refused', url)
  }
  await page.context().close()
})

test('names that look like this machine or lead to it by DNS are not answered (T07, T08)', {
  skip,
}, async () => {
  assert.ok(world)
  for (const host of ['evil.test', '127.evil.test', '127.0.0.1.test', 'localhost.test']) {
    const url = world.pairPage.replace('127.0.0.1', host)
    const { page } = await world.visit(world.pairPage)
    const answer = await page.goto(url)
    assert.equal(answer?.status(), 421, host)
    assert.equal(await page.locator('#app').count(), 0)
    await page.context().close()
  }
})

test('nothing in the address chooses the gateway or brings a token (T01, T02)', { skip }, async () => {
  assert.ok(world)
  const { page, close } = await world.visit(
    `${world.pairPage}?gatewayUrl=ws://evil.test:${evilPort}&gateway=ws://evil.test&url=ws://evil.test`,
  )
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await page.locator('.words').waitFor()
  const answer = await page.goto(`${world.pairPage}?token=pgd_secret`)
  assert.equal(answer?.status(), 400)
  await close()
})

test('a script on the page could use the key and never take it, and finds no token in its storage (T04)', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.visit()
  await page.getByRole('textbox').fill((await world.invite()).code)
  await page.keyboard.press('Enter')
  await page.getByText('This browser is paired').waitFor()
  const taken = await page.evaluate<string>(`new Promise((done) => {
    const opening = indexedDB.open('pairgate')
    opening.onsuccess = () => {
      const asked = opening.result.transaction('keys').objectStore('keys').get('device')
      asked.onsuccess = () => crypto.subtle.exportKey('pkcs8', asked.result.privateKey)
        .then(() => done('taken'), (error) => done(error.name))
    }
  })`)
  assert.equal(taken, 'InvalidAccessError')
  const kept = await page.evaluate<string>(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
  )
  assert.doesNotMatch(kept, /pg[a-z]_/)
  await close()
})

test('who is sent a link is asked first, and a page that was opened by another is not in its hands (T42)', {
  skip,
}, async () => {
  assert.ok(world)
  const { link, id } = await world.invite()
  const { page } = await world.visit(`http://evil.test:${evilPort}/`, { from: world.origin })
  const opening = page.context().waitForEvent('page')
  await page.evaluate(`globalThis.opened = open(${JSON.stringify(link)})`)
  const victim = await opening
  await victim.getByText('Pair with this gateway?').waitFor()
  assert.equal(await page.evaluate('globalThis.opened.closed'), true, 'the opener has lost sight of it')
  assert.equal(await victim.evaluate('globalThis.opener'), null)
  const { invitations } = await world.owner.request('device.pair.invitations', {})
  const made = invitations.find((row) => row.id === id)
  assert.deepEqual([made?.state, made?.candidates], ['open', []])
  await page.context().close()
})

test('what strangers have named is shown as text, and never wider than the window', { skip }, async () => {
  assert.ok(world)
  const hostile = [
    `http://${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.test/x`,
    'http://<img src=x onerror=alert(1)>/',
    'http://\u202egro.elpmaxe/',
    `http://${'%F0%9F%92%A3'.repeat(40)}/`,
  ]
  for (const wanted of hostile) {
    const url = `${world.pairPage}?return=${encodeURIComponent(wanted)}&state=${encodeURIComponent('"><b>')}`
    const { page, close } = await world.visit(url, { viewport: { width: 320, height: 640 } })
    await page.getByRole('textbox').waitFor()
    assert.equal(await page.locator('img, b, script:not([src])').count(), 0)
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320)
    await close()
  }
})
