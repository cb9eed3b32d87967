import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'

const FOLDER = fileURLToPath(new URL('../../../screenshots/', import.meta.url))
const SIZES = [
  ['narrow', 320, 640],
  ['phone', 390, 844],
  ['desktop', 1280, 860],
] as const

/** With `PAIRGATE_SCREENSHOTS=1`: how the page looks on both sizes, by day and by night. */
export async function photograph(page: Page, name: string): Promise<void> {
  if (!process.env['PAIRGATE_SCREENSHOTS']) return
  mkdirSync(FOLDER, { recursive: true })
  const before = page.viewportSize()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const [size, width, height] of SIZES) {
      await page.setViewportSize({ width, height })
      await page.screenshot({ path: `${FOLDER}${name}-${size}-${colorScheme}.png` })
    }
  }
  await page.emulateMedia({ colorScheme: null })
  if (before) await page.setViewportSize(before)
}
