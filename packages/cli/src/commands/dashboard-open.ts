import { homedir } from 'node:os'
import { formatPairLink, minutes, parseInvitationSecret } from '@pairgate/protocol'
import type { InviteResult } from '@pairgate/protocol/wire'
import { withInterrupts } from '../platform/interrupts.ts'
import { openInBrowser } from '../platform/open-in-browser.ts'
import { type GatewayLink, withLink } from '../target/gateway-link.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import { createDashboardReport } from './dashboard-report.ts'
import { cancelInvitation } from './pair-invite.ts'
import { PAIRING_SCOPES } from './read-pair-list.ts'
import { waitForDevice } from './wait-for-device.ts'

export interface DashboardOptions extends CommonOptions {
  readonly open: boolean
}

const LIFETIME_MS = minutes(10)
const NEEDED = [...PAIRING_SCOPES, 'operator.admin', 'operator.read'] as const

/** Makes a link that lets one browser in as an admin, opens it where there is a desktop, and waits for it. */
export async function openDashboard(options: DashboardOptions): Promise<void> {
  const report = createDashboardReport(options)
  await withInterrupts(async (interrupts) => {
    const made = await withLink(linkFor(options, 'device.pair.invite'), makeLink)
    const opened = options.open
      ? await openInBrowser(made.link, { env: process.env, home: homedir() })
      : undefined
    try {
      report.opened = opened !== undefined
      report.invitation(made)
      if (!opened) return
      await waitForDevice(made, { options, report, interrupts })
    } catch (error) {
      report.stop()
      if (interrupts.signal.aborted) throw await cancelInvitation(made, options, interrupts)
      throw error
    } finally {
      opened?.forget()
    }
  })
}

async function makeLink(link: GatewayLink): Promise<InviteResult> {
  const made = await link.request(
    'device.pair.invite',
    { scopes: ['operator.admin'], ttlMs: LIFETIME_MS },
    NEEDED,
  )
  const isPlain = made.gatewayUrl.startsWith('ws:')
  if (link.target.kind !== 'owner' || !isPlain) return made
  // Over plain HTTP browsers keep keys for this machine's own address only, whatever other devices are told.
  const { url } = await link.request('status', {}, NEEDED)
  const secret = parseInvitationSecret(made.secret)
  return typeof url === 'string' && secret
    ? { ...made, gatewayUrl: url, link: formatPairLink({ url, secret }) }
    : made
}
