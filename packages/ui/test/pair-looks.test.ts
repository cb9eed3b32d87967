import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expectAccessible } from './accessible.ts'
import { openBrowser, skip } from './browser-world.ts'

const world = skip ? undefined : await openBrowser({ after })
/** Asked for, each step leaves a picture to be looked at. */
const pictures = process.env['PAIRGATE_SCREENSHOTS'] === '1'
const folder = fileURLToPath(new URL('../../../screenshots/', import.meta.url))
if (pictures) mkdirSync(folder, { recursive: true })

const LOOKS = [
  { name: '320-light-de', width: 320, height: 568, colorScheme: 'light', locale: 'de-DE' },
  { name: '390-dark-en', width: 390, height: 844, colorScheme: 'dark', locale: 'en-GB' },
  { name: '1280-light-en', width: 1280, height: 800, colorScheme: 'light', locale: 'en-GB' },
  { name: '1280-dark-de', width: 1280, height: 800, colorScheme: 'dark', locale: 'de-DE' },
] as const

for (const { name, width, height, ...look } of LOOKS) {
  test(`every step keeps nobody out and fits its window (${name})`, { skip }, async () => {
    assert.ok(world)
    const { page, close } = await world.visit(world.pairPage, { viewport: { width, height }, ...look })
    const see = (step: string) => lookAt(page, `${step}-${name}`)
    const main = page.locator('main button').first()
    await page.getByRole('textbox').waitFor()
    assert.equal(await page.locator('html').getAttribute('lang'), look.locale.slice(0, 2))
    await see('choose')
    await page.getByRole('textbox').fill('12')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await see('problem')
    await page.goto((await world.invite({ withCode: false })).link)
    await page.locator('.row').waitFor()
    await see('invited')
    await page.locator('.row .button').last().click()
    await page.locator('.ask .button').click()
    await page.locator('.words').waitFor()
    await page.locator('summary').click()
    await see('waiting')
    const requestId = (await page.locator('.facts .mono').textContent()) ?? ''
    await world.owner.request('device.pair.approve', { requestId, expiresInMs: 86_400_000 })
    await page.locator('.chip').first().waitFor()
    await see('paired')
    assert.equal(await main.count(), 0)
    await close()
  })
}

async function lookAt(page: Page, name: string): Promise<void> {
  if (pictures) await page.screenshot({ path: `${folder}${name}.png`, fullPage: true })
  await expectAccessible(page)
}

test('everything is reached and done by the keyboard, and the focus follows the steps', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.visit()
  await page.getByRole('textbox').waitFor()
  const focused = () =>
    page.evaluate<string>('document.activeElement.id || document.activeElement.textContent')
  const seen: string[] = []
  for (let press = 0; press < 4; press += 1) {
    await page.keyboard.press('Tab')
    seen.push(await focused())
  }
  assert.deepEqual(seen, ['code', 'Pair', '', 'Ask for approval'])
  await page.keyboard.press('Enter')
  await page.locator('.words').waitFor()
  assert.equal(await focused(), 'Waiting for approval')
  for (let press = 0; press < 2; press += 1) await page.keyboard.press('Tab')
  assert.equal(await focused(), 'Stop waiting')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox').waitFor()
  assert.equal(await focused(), 'Pair this browser')
  await close()
})

test('where the reader wants no motion there is none', { skip }, async () => {
  assert.ok(world)
  const { page, close } = await world.visit()
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await page.locator('.words').waitFor()
  const moves = await page.evaluate<number>(
    'document.getAnimations().filter(({ effect }) => effect.getTiming().iterations === Infinity || effect.getTiming().duration > 0).length',
  )
  assert.equal(moves, 0)
  await page.getByRole('button', { name: 'Stop waiting' }).click()
  await close()
})
