import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { BROWSER_STARTS } from '../deploy/browser-table.ts'
import { FRONT_NAMES, type FrontName } from '../deploy/front.ts'
import { GATEWAY_AWAY, REVOKED_MEANWHILE } from '../deploy/running-table.ts'
import { STARTS } from '../deploy/start-table.ts'

export const PAGE = fileURLToPath(new URL('../../../../docs/security.md', import.meta.url))

const HEADS: Readonly<Record<FrontName, string>> = {
  pairgate: 'the gateway',
  nginxPasses: 'nginx passes',
  caddyPasses: 'Caddy passes',
  nginxAsks: 'nginx asks',
  caddyAsks: 'Caddy asks',
}
const BEGIN = '<!-- starts: written by `npm run docs` out of the table of the tests -->'
const END = '<!-- /starts -->'

/** The page as it is, and as it would be with the table of the tests as it is now. */
export function readPage(): { readonly text: string; readonly renewed: string } {
  const text = readFileSync(PAGE, 'utf8')
  const [before, rest] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (before < 0 || rest < before) throw new Error(`${PAGE} has no place for the requests`)
  return {
    text,
    renewed: `${text.slice(0, before)}${BEGIN}\n\n${startsTable()}\n\n${BROWSERS}\n\n${browsersTable()}\n\n${text.slice(rest)}`,
  }
}

const BROWSERS =
  'Browsers enter by [a ticket and a cookie](protocol.md#browsers), and that is the same in all columns, also in the tests (`packages/gateway/test/deploy/browsers.test.ts`).'

type Cells = Readonly<Record<FrontName, string | number>>

function startsTable(): string {
  const rows = STARTS.map(({ request, outcome, why }) => rowOf(request, outcome, why))
  const last = [
    rowOf('any, while the gateway is away', GATEWAY_AWAY, 'nobody answers for it'),
    rowOf(
      'a stream that was let through, when its token is revoked',
      REVOKED_MEANWHILE,
      'who only asks is not told',
    ),
  ]
  const head = ['request', ...FRONT_NAMES.map((name) => HEADS[name]), 'why they differ']
  return table([head, ...rows, ...last])
}

function browsersTable(): string {
  return table([
    ['browser', 'outcome'],
    ...BROWSER_STARTS.map(({ request, outcome }) => [request, String(outcome)]),
  ])
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function rowOf(request: string, cells: Cells, why: string): readonly string[] {
  return [request, ...FRONT_NAMES.map((name) => String(cells[name])), why]
}
