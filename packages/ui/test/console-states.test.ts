import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { expectAccessible } from './accessible.ts'
import { skip } from './browser-world.ts'
import { openConsole } from './console-world.ts'
import { photograph } from './photograph.ts'
import { slowGateway } from './slow-gateway.ts'

const world = skip ? undefined : await openConsole({ after })
const card = (page: Page, name: string) => page.getByRole('article', { name })
/** Where the keyboard is, by a word that stands there. */
const hasFocus = (page: Page, text: string) =>
  page.locator(':focus', { hasText: text }).and(page.locator(':not(body)')).waitFor({ timeout: 3_000 })

test('the keyboard is never nowhere, whatever goes away under it', { skip }, async () => {
  assert.ok(world)
  const { owner } = world
  const { page, close } = await world.open({})
  await world.device('First').ask(['operator.read'])
  await world.device('Second').ask(['operator.read'])
  await card(page, 'First').getByRole('button', { name: 'Reject…' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Reject', exact: true }).focus()
  await page.keyboard.press('Enter')
  await card(page, 'First').waitFor({ state: 'detached' })
  await hasFocus(page, 'Second')
  const { pending } = await owner.request('device.pair.list', {})
  await owner.request('device.pair.approve', { requestId: pending[0]?.requestId ?? '' })
  await hasFocus(page, 'Requests')

  const { paired } = await owner.request('device.pair.list', {})
  const deviceId = paired.find(({ displayName }) => displayName === 'Second')?.deviceId ?? ''
  await page.goto(`${world.consolePage}#devices`)
  await page.getByLabel('Search').fill('Second')
  await page.getByText('1 of 1').waitFor()
  await page.getByRole('link', { name: 'Second' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'History' }).waitFor()
  await page.getByRole('link', { name: 'All devices' }).focus()
  await page.keyboard.press('Enter')
  await hasFocus(page, 'Second')
  assert.equal(await page.getByLabel('Search').inputValue(), 'Second')

  for (let at = 0; at < 60; at += 1)
    await owner.request('device.pair.rename', { deviceId, label: `Second ${at}` })
  await page.goto(`${world.consolePage}#audit`)
  const rows = page.locator('.audit-row')
  await rows.nth(49).waitFor()
  const oldest = (await rows.nth(49).locator('.mono').first().textContent()) ?? ''
  await page.getByRole('button', { name: 'Show older' }).focus()
  await page.keyboard.press('Enter')
  await rows.nth(50).waitFor()
  await hasFocus(page, String(Number(oldest) - 1))
  // What is decided meanwhile comes on top by itself.
  await owner.request('device.pair.rename', { deviceId, label: 'Renamed now' })
  await rows.first().getByText('Renamed now').first().waitFor({ timeout: 3_000 })
  await close()
})

test('a gateway that is slow is waited for: nothing is done twice, and nothing looks as if it was not', {
  skip,
}, async () => {
  assert.ok(world)
  const device = world.device('Slowly')
  const requestId = String(await device.ask(['operator.read']))
  await world.owner.request('device.pair.approve', { requestId })
  const { page, close } = await world.open({ view: 'devices' })
  const gateway = await slowGateway(page)
  await page.reload()
  await page.locator('.nav').waitFor()
  await page.getByLabel('Search').fill('Slowly')
  await page.getByText('1 of 1').waitFor()
  await page.getByRole('link', { name: 'Slowly' }).click()
  await page.getByRole('button', { name: 'New secret…' }).click()
  gateway.slowBy(2_500)
  const dialog = page.getByRole('dialog', { name: 'Give this device a new secret?' })
  await dialog.getByText('Slowly').waitFor()
  await dialog.getByText(device.deviceId.slice(0, 8)).waitFor()
  await page.evaluate('for (const _ of [1, 2]) document.querySelector("dialog form").requestSubmit()')
  await page.keyboard.press('Escape')
  await dialog.getByText('has not answered yet').waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-slow')
  await dialog.waitFor({ state: 'detached' })
  assert.equal(gateway.count('device.token.rotate'), 1)
  await page.goto(`${world.consolePage}#devices`)
  await page.getByLabel('Search').fill('nobody')
  await page.getByText('Searching').waitFor()
  await expectAccessible(page)
  await page.getByText('No device fits').waitFor()
  gateway.refuse('DEVICE_AUTH_SIGNATURE_EXPIRED')
  await page.getByRole('heading', { name: 'The clocks do not agree' }).waitFor()
  assert.equal(await page.getByRole('link', { name: 'Pair again' }).count(), 0)
  await close()
})

test('what is asked for goes on while its reader looks elsewhere and the gateway restarts', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.open({ scopes: ['operator.read'], view: 'invite' })
  const asking = await world.newestDevice()
  const ask = page.getByRole('button', { name: 'Ask for it' })
  await ask.focus()
  await page.keyboard.press('Enter')
  await page.locator('.words').waitFor()
  await hasFocus(page, 'An operator sees your request')
  await page.getByRole('link', { name: 'Me' }).click()
  await world.stop()
  await page.getByText('What you see may be old').waitFor()
  await photograph(page, 'console-away')
  await world.start()
  await page.getByText('Connected').waitFor({ timeout: 15_000 })
  await page.getByRole('link', { name: 'Invite' }).click()
  await page.locator('.words').waitFor()
  await page.getByRole('link', { name: 'Me' }).click()
  const { pending } = await world.owner.request('device.pair.list', {})
  const { requestId = '' } = pending.find(({ deviceId }) => deviceId === asking) ?? {}
  await world.owner.request('device.pair.approve', { requestId })
  await page.locator('.facts .chip', { hasText: 'let devices in' }).waitFor({ timeout: 5_000 })
  await close()
})

test('an invitation is still there after a look at another view, and how long ago something was goes on', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.open({ view: 'invite' })
  await page.getByRole('button', { name: 'Make an invitation' }).click()
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue()
  await world.device('Patient').ask(['operator.read'])
  await page.getByRole('link', { name: 'Requests' }).click()
  await card(page, 'Patient').waitFor()
  await page.clock.setSystemTime(Date.now() + 200_000)
  await card(page, 'Patient').getByText('3 minutes ago').waitFor({ timeout: 8_000 })
  await page.getByRole('link', { name: 'Invite', exact: true }).click()
  assert.equal(await page.getByRole('textbox', { name: 'Link' }).inputValue(), link)
  await close()
})

test('who may let in but not look cannot invite, who is in one session cannot move, and both are told or spared it', {
  skip,
}, async () => {
  assert.ok(world)
  await world.owner.request('sessions.create', { key: 'cellar' })
  const porter = await world.open({ scopes: ['operator.pairing'], session: 'cellar', view: 'invite' })
  await porter.page.getByText('Not allowed for this browser').waitFor()
  assert.equal(await porter.page.getByRole('button', { name: 'Make an invitation' }).count(), 0)
  await expectAccessible(porter.page)
  await porter.close()
  const admin = await world.open({ scopes: ['operator.admin'], session: 'cellar', view: 'devices' })
  const { page } = admin
  await page.getByRole('link', { name: 'Chrome' }).first().click()
  await page.getByRole('button', { name: 'Revoke…' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Move…', exact: true }).count(), 0)
  await admin.close()
})
