import assert from 'node:assert/strict'
import type { BrowserContext, Locator, Page } from 'playwright-core'

/** What is shorter than that belongs to drawing. */
const SHORTEST_MS = 100
const LONGEST_MS = 1_000

/** Notes how long each timer of a page had been asked to wait that has fired. */
const NOTE_WAITS = `
  globalThis.waitsOfTest = []
  const ask = globalThis.setTimeout
  globalThis.setTimeout = (work, ms = 0, ...rest) => {
    const fire = (...all) => {
      globalThis.waitsOfTest.push(ms)
      work(...all)
    }
    return ask(fire, ms, ...rest)
  }`

export async function noteWaits(context: BrowserContext): Promise<void> {
  await context.addInitScript({ content: NOTE_WAITS })
}

/**
 * From now on. @returns waits until something is shown, and fails if the page itself had let more than a second
 * pass until then; how long the machine took for all the rest does not count.
 */
export async function expectSoon(page: Page): Promise<(shown: Locator) => Promise<void>> {
  await page.evaluate('globalThis.waitsOfTest.length = 0')
  return async (shown) => {
    await shown.waitFor()
    const waits = await page.evaluate<number[]>('globalThis.waitsOfTest')
    const waited = waits.filter((ms) => ms >= SHORTEST_MS).reduce((sum, ms) => sum + ms, 0)
    assert.ok(waited <= LONGEST_MS, `the page waited for ${waits}`)
  }
}
