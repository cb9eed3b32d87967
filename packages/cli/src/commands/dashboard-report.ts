import { formatExpiry } from '../output/age.ts'
import { cleanText } from '../output/clean-text.ts'
import { bold, dim, yellow } from '../output/paint.ts'
import { printJsonLine } from '../output/print-json.ts'
import { systemNow } from '../platform/system-clock.ts'
import { isLoopbackUrl } from '../target/read-url.ts'
import { createInviteReport, type InviteReport } from './invite-report.ts'

interface DashboardReport extends InviteReport {
  /** Whether a browser was opened, which is waited for then. */
  opened: boolean
}

/** As `openclaw pair` reports, with a link and nothing else to bring. */
export function createDashboardReport({ json }: { readonly json?: boolean }): DashboardReport {
  const report: DashboardReport = {
    ...createInviteReport({ ...(json && { json }), wait: true }),
    opened: false,
    invitation({ id, link, gatewayUrl, expiresAtMs }) {
      const { opened } = report
      if (json) return printJsonLine({ event: 'invitation', id, link, gatewayUrl, expiresAtMs, opened })
      const lines = [
        opened
          ? 'A browser was opened. Where it shows nothing, open this link:'
          : 'Open this link in a browser:',
        '',
        `  ${bold(cleanText(link, 1_024))}`,
        '',
        `Whoever opens it first is an admin of the gateway. It works once, and ends ${formatExpiry(expiresAtMs, systemNow())}.`,
        ...tunnelLines(gatewayUrl, process.env),
        ...(opened
          ? [dim('Waiting for the browser (Ctrl+C cancels the link)')]
          : [dim(`To end it: openclaw pair cancel ${id}`)]),
      ]
      process.stdout.write(`${lines.join('\n')}\n`)
    },
  }
  return report
}

/** Who came by SSH has the browser elsewhere. */
function tunnelLines(gatewayUrl: string, env: NodeJS.ProcessEnv): readonly string[] {
  if (env['SSH_CONNECTION'] === undefined || !isLoopbackUrl(gatewayUrl)) return []
  const { port } = new URL(gatewayUrl)
  return [
    yellow('Only this machine reaches that address. Where the browser is, first run:'),
    `  ssh -N -L ${port}:127.0.0.1:${port} <this machine>`,
  ]
}
