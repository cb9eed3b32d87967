import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { expectAccessible } from './accessible.ts'
import { skip } from './browser-world.ts'
import { openConsole } from './console-world.ts'
import { photograph } from './photograph.ts'

const world = skip ? undefined : await openConsole({ after })

async function letIn(name: string, scopes: readonly string[] = ['operator.read']) {
  assert.ok(world)
  const device = world.device(name)
  const requestId = String(await device.ask(scopes))
  await world.owner.request('device.pair.approve', { requestId })
  await device.ask([])
  return device
}

async function tokenOf(deviceId: string) {
  const { paired } = (await world?.owner.request('device.pair.list', {})) ?? { paired: [] }
  const row = paired.find((each) => each.deviceId === deviceId)
  return { row, token: row?.tokens[0] }
}

const names = (page: Page) => page.locator('.device-name').allTextContents()
const doIt = async (page: Page, button: string, action: string) => {
  await page.getByRole('button', { name: button }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: action, exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

test('devices are searched, filtered and sorted by the gateway, and shown a page at a time', {
  skip,
}, async () => {
  assert.ok(world)
  for (let at = 0; at < 60; at += 1) await letIn(`Robot ${String(at).padStart(2, '0')}`)
  const hostile = await letIn('\u202e<b>gpj</b>\u0351\u0351\u0351\u0351\u0351')
  const { page, close } = await world.open({ view: 'devices' })
  await page.getByText('50 of 62').waitFor()
  await photograph(page, 'console-devices')
  await page.getByRole('button', { name: 'Show more' }).click()
  await page.getByText('62 of 62').waitFor()
  // What changes is put right row by row, wherever it stands.
  const { deviceId } = hostile
  const row = page.locator('.device-row').filter({ has: page.locator(`a[href="#devices/${deviceId}"]`) })
  await world.owner.request('device.token.revoke', { deviceId, role: 'operator' })
  await row.getByText('put out').waitFor()
  assert.equal(await page.locator('.device-row').count(), 62)
  assert.ok((await names(page)).includes('<b>gpj</b>\u0351\u0351\u0351'))
  await page.setViewportSize({ width: 320, height: 700 })
  await expectAccessible(page)

  await page.getByLabel('Search').fill('robot 3')
  await page.getByText('10 of 10').waitFor()
  await page.getByLabel('Search').fill(hostile.deviceId.slice(0, 20))
  await page.getByText('1 of 1').waitFor()
  await page.getByLabel('Search').fill('')
  await page.getByLabel('only connected ones').check()
  await page.getByText('1 of 1').waitFor()
  await page.getByText('connected now', { exact: true }).waitFor()
  await page.getByLabel('only connected ones').uncheck()
  await page.getByLabel('Show').selectOption('run out')
  await page.getByText('No device fits.').waitFor()
  await close()
})

test('a device is renamed, extended, moved and rotated, and each says what will stop working', {
  skip,
}, async () => {
  assert.ok(world)
  await world.owner.request('sessions.create', { key: 'garden' })
  const tablet = await letIn('Tablet')
  const { page, close } = await world.open({ view: 'devices' })
  await page.getByLabel('Search').fill('Tablet')
  await page.getByRole('link', { name: 'Tablet' }).click()
  await page.getByRole('heading', { name: 'Tablet', exact: true }).waitFor()
  await page.locator('.words').waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-device')

  await page.getByRole('button', { name: 'Rename…' }).click()
  await page.getByLabel('Your name for it').fill('Old tablet')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Old tablet' }).waitFor()

  await page.getByRole('button', { name: 'Change end…' }).click()
  await page.getByLabel('Access ends').selectOption('in a day')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Move…', exact: true }).click()
  await page.getByLabel('Session', { exact: true }).selectOption('garden')
  await page.getByRole('dialog').getByText('come back in the other session').waitFor()
  await page.getByRole('button', { name: 'Move', exact: true }).click()
  await page.getByRole('article').getByText('garden', { exact: true }).waitFor()
  await doIt(page, 'New secret…', 'Rotate')
  const { token } = await tokenOf(tablet.deviceId)
  assert.equal(token?.session, 'garden')
  assert.ok(token.rotatedAtMs)
  assert.ok((token.expiresAtMs ?? 0) < Date.now() + 86_500_000)
  assert.deepEqual(await tablet.ask([]), ['operator.read'])

  const history = page.getByRole('region', { name: 'History' })
  await history.getByText('given a new secret').waitFor()
  assert.deepEqual(await history.locator('strong').allTextContents(), [
    'given a new secret',
    'moved to another session',
    'given another end',
    'renamed',
    'let in',
  ])
  const lines = await history.locator('.history-line').allTextContents()
  assert.match(lines[3] ?? '', /Tablet → Old tablet.*by This browser/)
  assert.match(lines[4] ?? '', /view.*by owner on the host/)
  await world.owner.request('device.pair.rename', { deviceId: tablet.deviceId, label: '\u202e<b>x</b>' })
  await history.getByText('<b>x</b>').waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-device-history')
  await page.getByRole('button', { name: 'DE' }).click()
  await page.setViewportSize({ width: 320, height: 640 })
  await page.getByRole('region', { name: 'Verlauf' }).getByText('bekam ein neues Geheimnis').waitFor()
  await expectAccessible(page)
  await close()
})

test('who is put out is named with those that it had let in, and they go along if wanted', {
  skip,
}, async () => {
  assert.ok(world)
  const operator = await world.open({ view: 'me' })
  const operatorId = await world.newestDevice()
  const friend = world.device('Friend')
  await friend.ask(['operator.read'])
  await operator.page.getByRole('link', { name: 'Requests' }).click()
  await operator.page
    .getByRole('article', { name: 'Friend' })
    .getByRole('button', { name: 'Approve…' })
    .click()
  await operator.page.getByRole('button', { name: 'Approve', exact: true }).click()
  await operator.page.getByRole('dialog').waitFor({ state: 'detached' })
  await friend.ask([])

  const { page, close } = await world.open({ view: `devices` })
  await page.goto(`${world.consolePage}#devices/${operatorId}`)
  await page.getByRole('button', { name: 'Revoke…' }).click()
  await page.getByRole('dialog', { name: 'Put this device out?' }).waitFor()
  await photograph(page, 'console-revoke')
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
  await operator.page.getByRole('heading', { name: 'This browser was put out' }).waitFor()
  const dialog = page.getByRole('dialog', { name: 'These it had let in' })
  await dialog.getByText('Friend').waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-standing')
  await dialog.getByRole('button', { name: 'Revoke these too' }).click()
  await dialog.waitFor({ state: 'detached' })
  assert.ok((await tokenOf(friend.deviceId)).token?.revokedAtMs)
  await page.goto(`${world.consolePage}#devices/${friend.deviceId}`)
  await doIt(page, 'Remove…', 'Remove')
  await page.getByText('This device is not there any more').waitFor()
  assert.equal((await tokenOf(friend.deviceId)).row, undefined)
  // What it was stays readable for who sees everything.
  await page.getByRole('region', { name: 'History' }).getByText('removed').waitFor()
  await operator.close()
  await close()
})
