import assert from 'node:assert/strict'
import type { InviteResult } from '@pairgate/protocol/wire'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { findChromium, launchChromium } from './chromium.ts'
import { openUiWorld, type TestHooks, type UiWorld } from './ui-world.ts'
import { noteWaits } from './watch-waits.ts'

export const skip = findChromium() === undefined && 'no Chromium on this machine (chromium, google-chrome)'

export interface Visit {
  readonly page: Page
  /** Fails if the page has broken its policy, thrown, or asked anybody but the gateway. */
  close(): Promise<void>
}

export interface VisitOptions extends BrowserContextOptions {
  /** The origin of the pages, where the visit begins elsewhere. */
  readonly from?: string
}

export interface BrowserWorld extends UiWorld {
  /** In a browser that was never here. */
  visit(url?: string, options?: VisitOptions): Promise<Visit>
  invite(order?: object): Promise<InviteResult & { readonly code: string }>
  /** Id of the device that was paired last. */
  newestDevice(): Promise<string>
}

/** A gateway and one browser for a whole file. */
export async function openBrowser(
  hooks: TestHooks,
  config: object = {},
  sections: object = {},
): Promise<BrowserWorld> {
  const browser = await launchChromium()
  hooks.after(() => browser.close())
  const world = await openUiWorld(hooks, config, sections)

  async function visit(url = world.pairPage, { from = url, ...options }: VisitOptions = {}): Promise<Visit> {
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options })
    await noteWaits(context)
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', ({ message }) => faults.push(message))
    page.on('console', (message) => {
      // A socket that is refused, or a gateway that is away, is told on the page.
      const isExpected =
        /WebSocket connection to|Failed to load resource|Opener-Policy header has been ignored/.test(
          message.text(),
        )
      if (['error', 'warning'].includes(message.type()) && !isExpected) faults.push(message.text())
    })
    const hosts = [from, url].map((address) => new URL(address).host)
    page.on('request', (request) => {
      if (!hosts.includes(new URL(request.url()).host)) faults.push(`asked ${request.url()}`)
    })
    page.on('websocket', (socket) => {
      if (!hosts.includes(new URL(socket.url()).host)) faults.push(`opened ${socket.url()}`)
    })
    page.setDefaultTimeout(10_000)
    await page.goto(url)
    const close = async (): Promise<void> => {
      await context.close()
      assert.deepEqual(faults, [])
    }
    return { page, close }
  }
  return Object.assign(Object.create(null, Object.getOwnPropertyDescriptors(world)), {
    visit,
    async invite(order: object = {}) {
      const made = await world.owner.request('device.pair.invite', { withCode: true, ...order })
      return { ...made, code: made.code ?? '' }
    },
    async newestDevice() {
      const { paired } = await world.owner.request('device.pair.list', {})
      const [newest] = paired.toSorted((one, other) => (other.approvedAtMs ?? 0) - (one.approvedAtMs ?? 0))
      return newest?.deviceId ?? ''
    },
  })
}
