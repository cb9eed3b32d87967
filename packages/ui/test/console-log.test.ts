import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { expectAccessible } from './accessible.ts'
import { skip } from './browser-world.ts'
import { openConsole } from './console-world.ts'
import { photograph } from './photograph.ts'

const world = skip ? undefined : await openConsole({ after })

test('the audit is filtered, verified and handed out as a file, and names of devices do no harm in it', {
  skip,
}, async () => {
  assert.ok(world)
  for (const name of ['Lamp', '\u202e<i>pmaL</i>']) {
    const device = world.device(name)
    const requestId = String(await device.ask(['operator.read']))
    await world.owner.request('device.pair.approve', { requestId })
    await world.owner.request('device.token.revoke', { deviceId: device.deviceId, role: 'operator' })
  }
  const { page, close } = await world.open({ view: 'audit' })
  await page.locator('.audit-row').nth(4).waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-audit')
  await page.getByLabel('Show').selectOption('put out')
  await page.locator('.audit-row').nth(2).waitFor({ state: 'detached' })
  assert.equal(await page.locator('.audit-row').count(), 2)
  await page.getByRole('button', { name: 'Verify the log' }).click()
  await page.getByText('The log is whole').waitFor()
  const waiting = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).click()
  const file = await (await waiting).path()
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).kind),
    ['token-revoked', 'token-revoked'],
  )
  await page.setViewportSize({ width: 320, height: 700 })
  await expectAccessible(page)
  await close()
})

test('sessions show their messages, and a new one appears while somebody reads', { skip }, async () => {
  assert.ok(world)
  const { owner } = world
  await owner.request('sessions.create', { key: 'office', label: '<b>Office</b>' })
  const say = (message: string) =>
    owner.request('chat.send', { sessionKey: 'office', message, idempotencyKey: String(message.length) })
  await say('Hello <script>1</script>')
  const { page, close } = await world.open({ view: 'sessions' })
  await page.getByRole('button', { name: 'office' }).click()
  const dialog = page.getByRole('dialog', { name: 'Messages of office' })
  await dialog.getByText('Hello <script>1</script>').waitFor()
  await say('Second')
  await dialog.getByText('Second').waitFor({ timeout: 3_000 })
  await expectAccessible(page)
  await photograph(page, 'console-messages')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await expectAccessible(page)
  await photograph(page, 'console-sessions')
  await close()
})

test('a browser of one session is told why it reads no audit, and sees its own session alone', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.open({ scopes: ['operator.admin'], session: 'office', view: 'audit' })
  await page.getByText('opens one session').waitFor()
  await page.getByRole('link', { name: 'Sessions' }).click()
  await page.getByRole('button', { name: 'office' }).waitFor()
  await expectAccessible(page)
  await close()
})

test('health shows what went on and what was refused', { skip }, async () => {
  assert.ok(world)
  const { page, close } = await world.open({ view: 'health' })
  await page.getByRole('img', { name: /^Let in: \d/ }).waitFor()
  assert.equal(await page.locator('.bars').count(), 5)
  await page.getByLabel('last day').check()
  await page.getByRole('img', { name: /^Let in: \d/ }).waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-health')
  await close()
})
