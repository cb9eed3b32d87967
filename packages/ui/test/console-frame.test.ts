import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { expectAccessible } from './accessible.ts'
import { skip } from './browser-world.ts'
import { openConsole } from './console-world.ts'
import { photograph } from './photograph.ts'
import { expectSoon } from './watch-waits.ts'

const world = skip ? undefined : await openConsole({ after })

test('a browser that is not paired is led to the pairing page, and comes back to where it wanted to be', {
  skip,
}, async () => {
  assert.ok(world)
  const { code } = await world.invite({ label: 'Office' })
  const { page, close } = await world.visit(`${world.consolePage}#me`)
  await page.waitForURL(`${world.pairPage}?to=me`)
  await page.getByLabel('Code with 6 digits').fill(code)
  await page.getByRole('button', { name: 'Pair', exact: true }).click()
  await page.waitForURL(`${world.consolePage}#me`)
  await page.getByRole('heading', { name: 'This browser', exact: true }).waitFor()
  assert.deepEqual(await page.locator('.facts .chip').allTextContents(), ['view'])
  assert.match((await page.locator('.facts .mono').textContent()) ?? '', /^[0-9a-f]{64}$/)
  await page.getByText('Connected').waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-me')
  await close()
})

test('a link cannot lead anybody from the pairing page elsewhere', { skip }, async () => {
  assert.ok(world)
  const { code } = await world.invite()
  const { page, close } = await world.visit(`${world.pairPage}?to=//evil.test/`)
  await page.getByLabel('Code with 6 digits').fill(code)
  await page.getByRole('button', { name: 'Pair', exact: true }).click()
  await page.waitForURL(`${world.consolePage}**`)
  assert.equal(new URL(page.url()).origin, world.origin)
  await close()
})

test('who is revoked with the console open reads it within a second, and nothing else is left', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.open({})
  await world.device('Waiting').ask(['operator.read'])
  await page.getByRole('article', { name: 'Waiting' }).waitFor()
  const deviceId = await world.newestDevice()
  const showsSoon = await expectSoon(page)
  await world.owner.request('device.token.revoke', { deviceId, role: 'operator' })
  await showsSoon(page.getByRole('heading', { name: 'This browser was put out' }))
  assert.equal(await page.getByText('Waiting').count(), 0)
  assert.equal(await page.title(), 'This browser was put out · Pairgate')
  await expectAccessible(page)
  await photograph(page, 'console-out')
  await page.getByRole('link', { name: 'Pair again' }).click()
  await page.waitForURL(`${world.pairPage}?to=requests`)
  await close()
})

test('what a browser may not do is explained, asked for, and there once an operator has approved', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.open({ scopes: ['operator.read'] })
  await page.getByText('let devices in').waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-missing')
  await page.getByRole('button', { name: 'Ask for it' }).click()
  await page.locator('.words').waitFor()
  const deviceId = await world.newestDevice()
  const { pending } = await world.owner.request('device.pair.list', {})
  const request = pending.find((row) => row.deviceId === deviceId)
  assert.deepEqual(request?.scopes.toSorted(), ['operator.pairing', 'operator.read'])
  await world.owner.request('device.pair.approve', { requestId: request?.requestId ?? '' })
  await page.getByRole('heading', { name: 'Requests', exact: true }).waitFor()
  await page.getByText('Compare the six words').waitFor()
  await close()
})

test('a request for more outlasts a restart of the gateway', { skip }, async () => {
  assert.ok(world)
  const { page, close } = await world.open({ scopes: ['operator.read'] })
  await page.getByRole('button', { name: 'Ask for it' }).click()
  await page.locator('.words').waitFor()
  const deviceId = await world.newestDevice()
  const requestOf = async () => {
    const { pending } = await world.owner.request('device.pair.list', {})
    return pending.filter((row) => row.deviceId === deviceId).map(({ requestId }) => requestId)
  }
  const [requestId = ''] = await requestOf()
  await world.stop()
  await page.getByText('Connecting again').waitFor()
  await world.start()
  await page.getByText('Connecting again').waitFor({ state: 'detached' })
  await page.locator('.words').waitFor()
  assert.deepEqual(await requestOf(), [requestId])
  await world.owner.request('device.pair.approve', { requestId })
  await page.getByText('Compare the six words').waitFor()
  await close()
})

test('a gateway that restarts is told, and the console goes on by itself, in the language of its reader', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.open({ view: 'me' })
  await page.getByRole('button', { name: 'DE' }).click()
  await page.getByRole('heading', { name: 'Dieser Browser', exact: true }).waitFor()
  await world.stop()
  await page.getByText('Verbindet sich neu').waitFor()
  await world.start()
  await page.getByText('Verbunden', { exact: false }).first().waitFor({ timeout: 15_000 })
  await page.reload()
  await page.getByRole('heading', { name: 'Dieser Browser', exact: true }).waitFor()
  assert.equal(await page.evaluate('document.documentElement.lang'), 'de')
  await close()
})

test('every view is accessible by night, in German, on the narrowest phone', { skip }, async () => {
  assert.ok(world)
  const options = { colorScheme: 'dark', locale: 'de-DE', viewport: { width: 320, height: 640 } } as const
  await world.device('Lampe').ask(['operator.admin'])
  const { page, close } = await world.open({ options })
  for (const name of ['Anfragen', 'Geräte', 'Einladen', 'Sitzungen', 'Protokoll', 'Zustand', 'Ich']) {
    await page.getByRole('link', { name }).first().click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await expectAccessible(page)
  }
  await page.getByRole('link', { name: 'Anfragen' }).first().click()
  const asking = page.getByRole('article', { name: 'Lampe' })
  await asking.getByRole('button', { name: 'Einlassen…' }).click()
  await page.getByText('Das gibt das ganze Gateway aus der Hand').waitFor()
  await expectAccessible(page)
  await close()
})
