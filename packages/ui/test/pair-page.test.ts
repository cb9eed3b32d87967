import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { fingerprintWords } from '@pairgate/protocol'
import { expectAccessible } from './accessible.ts'
import { openBrowser, skip } from './browser-world.ts'
import { expectSoon } from './watch-waits.ts'

const world = skip ? undefined : await openBrowser({ after })

test('an unpaired browser enters a code, with spaces, by the keyboard alone, and is in', {
  skip,
}, async () => {
  assert.ok(world)
  const { code, id } = await world.invite({ label: 'Phone' })
  const { page, close } = await world.visit()
  await expectAccessible(page)
  await page.getByLabel('Code with 6 digits').focus()
  await page.keyboard.type(`${code.slice(0, 3)} ${code.slice(3)}`)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'This browser is paired' }).waitFor()
  await expectAccessible(page)
  assert.equal(await page.locator('.chip').textContent(), 'view')
  const { invitations } = await world.owner.request('device.pair.invitations', {})
  assert.equal(invitations.find((row) => row.id === id)?.state, 'redeemed')

  await page.reload()
  await page.getByRole('heading', { name: 'This browser is paired' }).waitFor()
  await close()
})

test('a link leaves the address bar at once, is asked about, and lets the browser in', { skip }, async () => {
  assert.ok(world)
  const { link, secret } = await world.invite({ withCode: false })
  const { page, close } = await world.visit(link)
  await page.getByRole('heading', { name: 'Pair with this gateway?' }).waitFor()
  assert.equal(page.url(), world.pairPage)
  assert.equal(await page.evaluate('history.length'), 2)
  const { pending } = await world.owner.request('device.pair.list', {})
  assert.deepEqual(pending, [])
  await page.getByRole('button', { name: 'Pair this browser' }).click()
  await page.getByRole('heading', { name: 'This browser is paired' }).waitFor()
  assert.ok(!(await page.content()).includes(secret))
  assert.ok(!world.logged.join('').includes(secret))
  await close()
})

test('who asks sees id and words, and is in by itself the moment that an operator approves', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.visit()
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await page.getByRole('heading', { name: 'Waiting for approval' }).waitFor()
  const [request] = (await world.owner.request('device.pair.list', {})).pending
  assert.ok(request)
  assert.deepEqual(request.scopes, ['operator.read'])
  assert.equal(await page.locator('.facts .mono').textContent(), request.requestId)
  await expectAccessible(page)
  const words = await page.locator('.words li').allTextContents()
  assert.equal(words.join(' '), fingerprintWords(request.deviceId as never))
  assert.match((await page.getByRole('timer').textContent()) ?? '', /^(?:10:00|9:\d\d)$/)
  await world.owner.request('device.pair.approve', { requestId: request.requestId })
  await page.getByRole('heading', { name: 'This browser is paired' }).waitFor()
  await close()
})

test('a browser that is revoked is out within a second, is told so, and asks again in one step', {
  skip,
}, async () => {
  assert.ok(world)
  const { code } = await world.invite()
  const { page, close } = await world.visit()
  await page.getByLabel('Code with 6 digits').fill(code)
  await page.getByRole('button', { name: 'Pair', exact: true }).click()
  await page.getByRole('heading', { name: 'This browser is paired' }).waitFor()
  const deviceId = await world.newestDevice()
  const showsSoon = await expectSoon(page)
  await world.owner.request('device.token.revoke', { deviceId, role: 'operator' })
  await showsSoon(page.getByText('This browser was put out'))
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await page.locator('.words').waitFor()
  await close()
})
