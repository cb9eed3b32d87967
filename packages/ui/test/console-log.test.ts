import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { expectAccessible } from './accessible.ts'
import { skip } from './browser-world.ts'
import { openConsole } from './console-world.ts'
import { photograph } from './photograph.ts'
import { slowGateway } from './slow-gateway.ts'

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
  const { owner } = world
  const renamed = world.device('Renamed often')
  const requestId = String(await renamed.ask(['operator.read']))
  await owner.request('device.pair.approve', { requestId })
  const rename = (n: number) =>
    owner.request('device.pair.rename', { deviceId: renamed.deviceId, label: `name ${n}\u202e` })
  // More than the gateway tells at once.
  await Promise.all(Array.from({ length: 510 }, (_, n) => rename(n)))
  const { page, close } = await world.open({ view: 'audit' })
  await page.locator('.audit-row').nth(4).waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-audit')
  await page.getByLabel('Show').selectOption('put out')
  await page.locator('.audit-row').nth(2).waitFor({ state: 'detached' })
  await page.locator('.audit-row').nth(1).waitFor()
  assert.equal(await page.locator('.audit-row').count(), 2)
  await page.getByRole('button', { name: 'Verify the log' }).click()
  await page.getByText('The log is whole').waitFor()
  const exported = async () => {
    const waiting = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export' }).click()
    return readFileSync(await (await waiting).path(), 'utf8')
      .trim()
      .split('\n')
  }
  const shown = await exported()
  assert.deepEqual(
    shown.map((line) => JSON.parse(line).kind),
    ['token-revoked', 'token-revoked'],
  )
  await page.getByLabel('Show').selectOption('all')
  const { head } = await owner.request('audit.list', { limit: 1 })
  const lines = await exported()
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).seq),
    Array.from({ length: head.seq }, (_, at) => at + 1),
  )
  // As the command on the host writes it: nothing in it drives a terminal.
  assert.ok(lines.some((line) => line.includes('\\u202e')))
  assert.ok(!lines.join('').includes('\u202e'))

  await page.getByLabel('Device').fill('lamp')
  await page.getByRole('link', { name: /^Lamp/ }).click()
  await page.locator('.audit-row').nth(2).waitFor({ state: 'detached' })
  await page.locator('.audit-row').nth(1).waitFor()
  assert.equal(await page.locator('.audit-row').count(), 2)
  await photograph(page, 'console-audit-device')
  await page.getByLabel('From').fill('2030-01-01')
  await page.getByText('Nothing of this kind has happened').waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-audit-nothing')
  await page.getByLabel('From').fill('2020-01-01')
  await page.locator('.audit-row').nth(1).waitFor()
  await page.getByLabel('To').fill('2020-01-01')
  await page.locator('.audit-row').first().waitFor({ state: 'detached' })
  await page.getByLabel('To').fill('')
  await page.getByRole('button', { name: 'About all devices' }).click()
  await page.locator('.audit-row').nth(4).waitFor()
  await page.setViewportSize({ width: 320, height: 700 })
  await expectAccessible(page)
  await close()
})

test('sessions show their messages, older ones when asked for, and a new one while somebody reads', {
  skip,
}, async () => {
  assert.ok(world)
  const { owner } = world
  await owner.request('sessions.create', { key: 'office', label: '<b>Office</b>' })
  const say = (message: string) =>
    owner.request('chat.send', { sessionKey: 'office', message, idempotencyKey: crypto.randomUUID() })
  await say('Hello <script>1</script>')
  for (let n = 2; n <= 60; n += 1) await say(`message ${n}`)
  const { page, close } = await world.open({ view: 'sessions' })
  await page.getByRole('button', { name: 'office', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Messages of office' })
  await dialog.getByText('message 60').waitFor()
  assert.equal(await dialog.locator('.message').count(), 50)
  const list = dialog.locator('.messages')
  const top = () =>
    dialog.getByText('message 11', { exact: true }).evaluate((each) => each.getBoundingClientRect().top)
  await list.evaluate((each) => each.scrollTo(0, 0))
  const before = await top()
  await dialog.getByRole('button', { name: 'Show older' }).click()
  await dialog.getByText('Hello <script>1</script>').waitFor()
  assert.equal(await dialog.locator('.message').count(), 60)
  // The button above went away; what was read stands where it stood on the way up to it.
  assert.ok(Math.abs((await top()) - before) < 80, `${before} ${await top()}`)
  assert.equal(await dialog.getByRole('button', { name: 'Show older' }).count(), 0)
  await say('Second')
  await dialog.getByText('Second').waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-messages')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await expectAccessible(page)
  await photograph(page, 'console-sessions')
  await close()
})

test('a session is made, renamed and deleted, and who is put out with it is named before', {
  skip,
}, async () => {
  assert.ok(world)
  const { owner } = world
  const { page, close } = await world.open({ view: 'sessions' })
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'New session…' }).click()
  await page.getByLabel('Key').fill('main')
  await page.keyboard.press('Enter')
  await dialog.getByRole('alert').getByText('cannot be a key').waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-session-wrong')
  await page.getByLabel('Key').fill('office')
  await page.keyboard.press('Enter')
  await dialog.getByRole('alert').getByText('has this key already').waitFor()
  await page.getByLabel('Key').fill('Garage')
  await page.getByLabel('Label').fill('\u202e<i>egaraG</i>')
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'garage', exact: true }).waitFor()

  const opener = world.device('Opener of the gate')
  const requestId = String(await opener.ask(['operator.read']))
  await owner.request('device.pair.approve', { requestId, session: 'garage' })
  await opener.ask([])
  await page.getByText('1 device ·').first().waitFor()
  await page.getByRole('button', { name: 'Rename… garage' }).click()
  await page.getByLabel('Key').fill('carport')
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Delete… carport' }).click()
  await dialog.getByText('Opener of the gate').waitFor()
  await expectAccessible(page)
  await photograph(page, 'console-session-delete')
  await dialog.getByRole('button', { name: 'Delete and put out' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'carport', exact: true }).waitFor({ state: 'detached' })
  await assert.rejects(opener.ask([]))
  await page.getByRole('button', { name: 'DE', exact: true }).click()
  await page.setViewportSize({ width: 320, height: 640 })
  await page.getByRole('button', { name: 'Neue Sitzung…' }).click()
  await expectAccessible(page)
  await close()
})

test('a browser of one session is told why it reads no audit, and sees its own session alone', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.open({ scopes: ['operator.admin'], session: 'office', view: 'audit' })
  await page.getByText('opens one session').waitFor()
  await page.getByRole('link', { name: 'Sessions' }).click()
  await page.getByRole('button', { name: 'office', exact: true }).waitFor()
  assert.equal(await page.getByRole('button', { name: /New session|Delete/ }).count(), 0)
  await expectAccessible(page)
  await close()
})

test('health shows what went on and what was refused, and before the first figures that there are none', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.open({ view: 'health' })
  await page.getByRole('heading', { name: 'No figures yet' }).waitFor()
  await expectAccessible(page)
  const gateway = await slowGateway(page)
  await page.reload()
  await page.locator('.nav').waitFor()
  const bars = Array.from({ length: 30 }, (_, at) => at * 10)
  gateway.answer('gateway.figures', {
    connections: bars,
    connects: bars,
    requests: bars.map((value) => value * 100),
    proxied: bars.map(() => 0),
    refused: { AUTH_TOKEN_MISMATCH: bars, RATE_LIMITED: bars.map(() => 0) },
  })
  await page.getByLabel('last day').check()
  await page.getByRole('img', { name: 'Let in: 4,350, at most 290 within 48 minutes' }).waitFor()
  await page.getByText('435,000').waitFor()
  assert.equal(await page.locator('.bars').count(), 5)
  assert.deepEqual(await page.locator('li .mono').allTextContents(), ['AUTH_TOKEN_MISMATCH'])
  await expectAccessible(page)
  await photograph(page, 'console-health')
  await close()
})
