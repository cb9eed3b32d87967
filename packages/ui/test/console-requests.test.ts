import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { expectAccessible } from './accessible.ts'
import { skip } from './browser-world.ts'
import { openConsole } from './console-world.ts'
import { photograph } from './photograph.ts'

const world = skip ? undefined : await openConsole({ after })
const card = (page: Page, name: string) => page.getByRole('article', { name })

test('a request appears while the console is open, and is approved for less, by the keyboard alone', {
  skip,
}, async () => {
  assert.ok(world)
  await world.owner.request('sessions.create', { key: 'office' })
  const { page, close } = await world.open({})
  await page.getByRole('heading', { name: 'Nobody is waiting' }).waitFor()
  await photograph(page, 'console-requests-none')
  const phone = world.device('Phone of Ann')
  const requestId = await phone.ask(['operator.read', 'operator.pairing'], { platform: 'android' })
  const shown = card(page, 'Phone of Ann')
  await shown.waitFor()
  assert.equal(await page.title(), '(1) Requests · Pairgate')
  assert.deepEqual(await shown.locator('.rights .chip').allTextContents(), [
    'view',
    'let devices in',
    'operator',
  ])
  assert.equal(await shown.locator('.mono').textContent(), requestId)
  const { pending } = await world.owner.request('device.pair.list', {})
  const words = (await shown.locator('.words li').allTextContents()).join(' ')
  assert.equal(words, pending.find((row) => row.requestId === requestId)?.fingerprint)
  await expectAccessible(page)
  await photograph(page, 'console-requests')

  await shown.getByRole('button', { name: 'Approve…' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Let this device in?' })
  await dialog.waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-approve')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await dialog.getByLabel('Session').selectOption('office')
  await dialog.getByLabel('Access ends').selectOption('in a week')
  await dialog.getByLabel('Your name for it').fill('Ann')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Nobody is waiting' }).waitFor()
  assert.deepEqual(await phone.ask([]), ['operator.read'])
  const { paired } = await world.owner.request('device.pair.list', {})
  const row = paired.find(({ deviceId }) => deviceId === phone.deviceId)
  assert.equal(row?.operatorLabel, 'Ann')
  assert.equal(row.tokens[0]?.session, 'office')
  const days = ((row.tokens[0]?.expiresAtMs ?? 0) - row.approvedAtMs) / 86_400_000
  assert.equal(Math.round(days), 7)

  await phone.ask(['operator.write'])
  await close()
})

test('who was decided by somebody else meanwhile is told as that, and nothing else happens', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.open({})
  const device = world.device('Turncoat')
  const requestId = String(await device.ask(['operator.read']))
  await card(page, 'Turncoat').getByRole('button', { name: 'Approve…' }).click()
  await world.owner.request('device.pair.reject', { requestId })
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  await page.getByRole('alert').getByText('Somebody else has decided').waitFor()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await card(page, 'Turncoat').waitFor({ state: 'detached' })
  await close()
})

test('a rejection is asked about, and the request is gone everywhere', { skip }, async () => {
  assert.ok(world)
  const { page, close } = await world.open({})
  const device = world.device('Stranger')
  const requestId = await device.ask(['operator.read'])
  await card(page, 'Stranger').getByRole('button', { name: 'Reject…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Reject this request?' })
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'detached' })
  await card(page, 'Stranger').getByRole('button', { name: 'Reject…' }).click()
  await dialog.getByRole('button', { name: 'Reject', exact: true }).click()
  await card(page, 'Stranger').waitFor({ state: 'detached' })
  const { pending } = await world.owner.request('device.pair.list', {})
  assert.ok(!pending.some((row) => row.requestId === requestId))
  await close()
})

test('devices that brought the same code stand side by side, and one of them is confirmed', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.open({})
  const { secret } = await world.owner.request('device.pair.invite', { confirm: true, label: 'Kitchen' })
  const [meant, other] = [world.device('Tablet'), world.device('Tablet')]
  await meant.redeem(secret)
  await other.redeem(secret)
  const group = page.getByRole('region', { name: 'Brought an invitation' })
  await group.locator('.candidate').nth(1).waitFor()
  await group.getByText('Kitchen').waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-candidates')
  const { pending } = await world.owner.request('device.pair.list', {})
  const words = pending.find(({ deviceId }) => deviceId === meant.deviceId)?.fingerprint ?? ''
  const candidates = group.locator('.candidate')
  const texts = await candidates.locator('.words').allTextContents()
  const at = texts.indexOf(words.replaceAll(' ', ''))
  await candidates.nth(at).getByRole('button', { name: 'Confirm…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm', exact: true }).click()
  await group.waitFor({ state: 'detached' })
  assert.deepEqual(await meant.redeem(secret), ['operator.read'])
  await assert.rejects(other.redeem(secret))
  await close()
})

const HOSTILE = [
  '<img src=x onerror="document.title=1"><script>1</script>',
  '\u202egpj.lufmrah\u202c\u2066\u200b',
  `${'W'.repeat(128)}`,
  `Z${'\u0351'.repeat(120)}algo`,
  '👩‍👩‍👧‍👦'.repeat(11),
  '\u200f\u3164\u00ad',
  "'; DROP TABLE devices; --{name}{0}",
]

test('whatever a device calls itself does no harm where it is shown (T42)', { skip }, async () => {
  assert.ok(world)
  const { page, close } = await world.open({ options: { viewport: { width: 320, height: 700 } } })
  const requests: string[] = []
  for (const name of HOSTILE)
    requests.push(String(await world.device(name).ask(['operator.read'], { platform: name })))
  await page
    .locator('.request')
    .nth(HOSTILE.length - 1)
    .waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-hostile')
  assert.equal(await page.locator('.request img, .request script').count(), 0)
  assert.equal(await page.title(), `(${HOSTILE.length}) Requests · Pairgate`)
  const names = await page.locator('.request h2').allTextContents()
  for (const name of names) {
    assert.doesNotMatch(name, /[\u202a-\u202e\u2066-\u2069\u200b\u200f\u3164\u00ad]|\p{M}{4}/u)
    assert.ok([...new Intl.Segmenter().segment(name)].length <= 48, name)
  }
  assert.ok(names.includes('gpj.lufmrah'))
  assert.ok(names.includes('no name'))
  const heights = await page
    .locator('.request h2')
    .evaluateAll((all) => all.map((each) => each.scrollHeight - each.clientHeight))
  assert.deepEqual(
    heights.filter((more) => more > 2),
    [],
  )
  await page.getByRole('button', { name: 'Approve…' }).first().click()
  await expectAccessible(page)
  await close()
  for (const requestId of requests) await world.owner.request('device.pair.reject', { requestId })
})
