import { setTimeout as sleep } from 'node:timers/promises'
import { formatJsonLine } from '@pairgate/protocol'
import type { DevicePairList } from '@pairgate/protocol/wire'
import { mayPass } from '../output/command-error.ts'
import { dim } from '../output/paint.ts'
import { oneAtATime } from '../platform/one-at-a-time.ts'
import { systemNow } from '../platform/system-clock.ts'
import { terminalWidth } from '../platform/terminal.ts'
import { type GatewayLink, withLink } from '../target/gateway-link.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import { formatList } from './devices-list.ts'
import { PAIRING_SCOPES, readPairList } from './read-pair-list.ts'

/** Ages grow, and devices connect, without an event that says so. */
const REFRESH_MS = 10_000
const RETRY_MS = 2_000
/** Cursor home, then clear to the end: a whole redraw without a flash of emptiness. */
const CLEAR_SCREEN = '\u001b[H\u001b[J'

/** Shows the list whenever it changes, until it is interrupted; a gateway that restarts is waited for. */
export async function watchDevices(options: CommonOptions): Promise<void> {
  const show = createShow(options.json ?? false)
  let wasConnected = false
  for (;;) {
    try {
      await withLink(linkFor(options, 'device.pair.list'), async (link) => {
        await follow(link, (list) => {
          wasConnected = true
          show(list)
        })
      })
    } catch (error) {
      // At the first try a wrong address is a mistake, later the gateway is only away.
      if (!wasConnected || !mayPass(error)) throw error
    }
    process.stderr.write('The gateway is away; trying again …\n')
    await sleep(RETRY_MS)
  }
}

/** Resolves when the connection has ended. */
async function follow(link: GatewayLink, show: (list: DevicePairList) => void): Promise<void> {
  const connection = await link.connection(PAIRING_SCOPES)
  const refresh = oneAtATime(async () => show(await readPairList(link)))
  const failed = Promise.withResolvers<never>()
  const again = (): void => void refresh().catch(failed.reject)
  connection.onEvent(({ event }) => {
    if (event.startsWith('device.pair.')) again()
  })
  const timer = setInterval(again, REFRESH_MS)
  try {
    again()
    await Promise.race([connection.closed, failed.promise])
  } finally {
    clearInterval(timer)
  }
}

/** A terminal is drawn anew each time; what reads a pipe is told only what changed: JSON lines, or whole lists. */
function createShow(json: boolean): (list: DevicePairList) => void {
  let before = ''
  return (list) => {
    const isTerminal = Boolean(process.stdout.isTTY) && !json
    const line = formatJsonLine(list)
    if (!isTerminal && line === before) return
    before = line
    const text = json ? line : formatList(list, terminalWidth(process.env), systemNow())
    const screen = `${CLEAR_SCREEN}${text}\n\n${dim('Watching. Ctrl+C ends it.')}`
    process.stdout.write(`${isTerminal ? screen : text}\n`)
  }
}
