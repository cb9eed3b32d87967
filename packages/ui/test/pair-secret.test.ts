import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { expectAccessible } from './accessible.ts'
import { openBrowser, skip } from './browser-world.ts'
import { photograph } from './photograph.ts'

const SECRET = 'correct-horse-battery-staple'
const modes = ['token', 'password'] as const
const worlds = skip
  ? []
  : await Promise.all(
      modes.map(async (mode) => ({
        mode,
        world: await openBrowser({ after }, { auth: { mode, [mode]: SECRET } }),
      })),
    )

for (const mode of modes)
  test(`in mode ${mode} asking needs the secret of the gateway, which nothing keeps`, { skip }, async () => {
    const { world } = worlds.find((each) => each.mode === mode) ?? assert.fail()
    const options = { viewport: { width: 320, height: 640 } }
    const { page, close } = await world.visit(world.pairPage, options)
    assert.equal(await page.getByLabel('Secret of the gateway').count(), 0)
    await page.getByLabel('View and work').check()
    const ask = page.getByRole('button', { name: 'Ask for approval' })
    await ask.click()
    await page.getByRole('alert').getByText('Asking needs the secret').waitFor()
    const field = page.getByLabel('Secret of the gateway')
    assert.equal(await page.evaluate('document.activeElement.id'), 'secret')
    await expectAccessible(page)
    await photograph(page, `pair-secret-${mode}`)
    await field.fill('a wrong guess')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('This is not the secret').waitFor()
    assert.equal(await field.inputValue(), '')
    await expectAccessible(page)
    await field.fill(SECRET)
    await page.keyboard.press('Enter')
    await page.locator('.words').waitFor()
    const requestId = (await page.locator('.facts .mono').textContent()) ?? ''
    const { pending } = await world.owner.request('device.pair.list', {})
    // The wish was not forgotten on the way.
    assert.deepEqual(pending.find((row) => row.requestId === requestId)?.scopes, ['operator.write'])

    // Who comes back enters it again: it was kept nowhere.
    const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')
    assert.ok(!String(kept).includes(SECRET))
    await page.reload()
    await field.fill(SECRET)
    await page.keyboard.press('Enter')
    await page.locator('.words').waitFor()
    await world.owner.request('device.pair.approve', { requestId })
    await page.getByText('This browser is paired').waitFor()
    // From now on the key and its token are enough.
    await page.reload()
    await page.getByText('This browser is paired').waitFor()
    assert.ok(!page.url().includes(SECRET))
    assert.ok(!world.logged.join('').includes(SECRET))
    await close()
  })
