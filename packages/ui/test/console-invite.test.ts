import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { expectAccessible } from './accessible.ts'
import { skip } from './browser-world.ts'
import { openConsole } from './console-world.ts'
import { photograph } from './photograph.ts'

const world = skip ? undefined : await openConsole({ after })

test('an invitation shows code, link and QR code, and who has joined the moment that it happens', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.open({ view: 'invite' })
  await expectAccessible(page)
  await photograph(page, 'console-invite')
  await page.getByLabel('Operator').check()
  await page.getByLabel('Access ends').selectOption('in a day')
  await page.getByLabel('Your name for it').fill('Sam')
  await page.getByRole('button', { name: 'Make an invitation' }).click()
  await page.getByRole('img', { name: 'QR code of the link' }).waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-invited')
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue()
  assert.ok(link.includes('/__pairgate__/pair#pgi_'))
  assert.ok(!page.url().includes('pgi_'))
  const code = (await page.locator('.code > span').first().textContent()) ?? ''
  const guest = world.device('Guest <i>phone</i>')
  const scopes = await guest.redeem(code.replaceAll(/\D/g, ''))
  assert.ok(scopes.includes('operator.write'))
  await page.getByText('Sam has joined').waitFor()
  await page.locator('.words').waitFor()
  assert.equal(await page.getByRole('textbox', { name: 'Link' }).count(), 0)
  await expectAccessible(page)
  await photograph(page, 'console-joined')
  const secret = link.split('#')[1] ?? link
  assert.ok(!world.logged.join('').includes(secret))
  await close()
})

test('open invitations are listed for everybody who may, and cancelled at once', { skip }, async () => {
  assert.ok(world)
  const { page, close } = await world.open({ view: 'invite' })
  const { id } = await world.owner.request('device.pair.invite', { label: 'Spare' })
  const row = page.getByRole('listitem').filter({ hasText: 'Spare' })
  await page.reload()
  await row.getByRole('button', { name: 'Cancel it… Spare' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the invitation' }).click()
  await row.waitFor({ state: 'detached' })
  const { invitations } = await world.owner.request('device.pair.invitations', {})
  assert.equal(invitations.find((each) => each.id === id)?.state, 'cancelled')
  await close()
})

test('an administrator who was invited by a code waits to be confirmed, and the inviter is led there', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.open({ view: 'invite' })
  await page.getByLabel('Administrator').check()
  await page.getByRole('button', { name: 'Make an invitation' }).click()
  const code = (await page.locator('.code > span').first().textContent()) ?? ''
  const boss = world.device('Boss')
  await boss.redeem(code.replaceAll(/\D/g, ''))
  await page.getByRole('link', { name: 'Compare the words' }).click()
  await page.getByRole('button', { name: 'Confirm…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm', exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  assert.deepEqual(await boss.ask([]), ['operator.admin'])
  await close()
})
