import { formatPairCode, parsePairCode } from '@pairgate/protocol'
import type { InviteResult, PendingRow } from '@pairgate/protocol/wire'
import { formatExpiry } from '../output/age.ts'
import { cleanText } from '../output/clean-text.ts'
import { digitLines } from '../output/digit-lines.ts'
import { bold, dim, green, yellow } from '../output/paint.ts'
import { printJsonLine } from '../output/print-json.ts'
import { qrLines } from '../output/qr-lines.ts'
import { startWaitingLine, type WaitingLine } from '../output/waiting-line.ts'
import { requestLines, wordsOf } from '../pairing/describe-request.ts'
import { systemNow } from '../platform/system-clock.ts'
import { isLoopbackUrl } from '../target/read-url.ts'

export interface JoinedFacts {
  readonly deviceId: string
  readonly displayName: string | undefined
  readonly role: string
  readonly scopes: readonly string[]
  readonly session: string | undefined
  readonly tokenExpiresAtMs: number | undefined
}

/** What `openclaw pair` says on its way: a page for people, one JSON line each for programs. */
export interface InviteReport {
  invitation(made: InviteResult): void
  candidates(rows: readonly PendingRow[], asks: boolean): void
  joined(facts: JoinedFacts): void
  /** The gateway is away, and is asked again. */
  away(): void
  /** Takes the line that counts down off the terminal. */
  stop(): void
}

export interface InviteReportOptions {
  readonly json?: boolean
  readonly qr?: boolean
  readonly wait?: boolean
}

export function createInviteReport(options: InviteReportOptions): InviteReport {
  return options.json ? jsonReport() : humanReport(options)
}

function jsonReport(): InviteReport {
  const told = new Set<string>()
  return {
    invitation({ id, code, codeExpiresAtMs, link, setupCode, gatewayUrl, expiresAtMs, role, scopes }) {
      const words = { id, code, link, setupCode, gatewayUrl }
      printJsonLine({ event: 'invitation', ...words, role, scopes, expiresAtMs, codeExpiresAtMs })
    },
    candidates(rows) {
      for (const row of rows) {
        if (told.has(row.requestId)) continue
        told.add(row.requestId)
        printJsonLine({ event: 'candidate', ...row, fingerprint: wordsOf(row.deviceId) })
      }
    },
    joined({ deviceId, ...facts }) {
      printJsonLine({ event: 'joined', deviceId, fingerprint: wordsOf(deviceId), ...facts })
    },
    away: () => undefined,
    stop: () => undefined,
  }
}

function humanReport({ qr, wait = true }: InviteReportOptions): InviteReport {
  let line: WaitingLine | undefined
  let made: InviteResult | undefined
  const count = (): void => {
    line ??= startWaitingLine(
      () => `Waiting for the device: ${timeLeft(made)} left (Ctrl+C cancels the invitation)`,
    )
  }
  const stop = (): void => {
    line?.stop()
    line = undefined
  }
  return {
    invitation(invitation) {
      made = invitation
      say(invitationLines(invitation, qr))
      if (wait) count()
    },
    candidates(rows, asks) {
      stop()
      say(candidateLines(rows, made?.id ?? '', asks))
      if (!asks) count()
    },
    joined({ deviceId, displayName, scopes, session, tokenExpiresAtMs }) {
      stop()
      const name = cleanText(displayName ?? deviceId)
      say([
        `${green('joined:')} ${name} (${wordsOf(deviceId)})`,
        `  Scopes:  ${cleanText(scopes.join(', ') || 'none', 1_000)}`,
        ...(session === undefined ? [] : [`  Session: ${cleanText(session)}`]),
        `  Expires: ${formatExpiry(tokenExpiresAtMs, systemNow())}`,
        dim(`  Not yours? openclaw devices remove ${deviceId.slice(0, 8)}`),
      ])
    },
    away: () => undefined,
    stop,
  }
}

function invitationLines(made: InviteResult, wantsQr: boolean | undefined): readonly string[] {
  const { code, link, setupCode, gatewayUrl, expiresAtMs, codeExpiresAtMs, confirm } = made
  const now = systemNow()
  const digits = code === undefined ? undefined : parsePairCode(code)
  const readable = digits ? formatPairCode(digits) : undefined
  return [
    ...qrLines(link, wantsQr),
    ...(readable ? digitLines(readable) : []),
    ...(readable ? [`Code:       ${bold(readable)} (expires ${formatExpiry(codeExpiresAtMs, now)})`] : []),
    `Link:       ${cleanText(link, 1_024)}`,
    `Setup code: ${cleanText(setupCode, 8_192)}`,
    `Gateway:    ${cleanText(gatewayUrl, 512)}`,
    `Expires:    ${formatExpiry(expiresAtMs, now)}`,
    ...(confirm ? ['You will be asked to compare six words before the device is let in.'] : []),
    ...reachLines(gatewayUrl),
    '',
    ...(readable ? [`On the new device: openclaw pair ${readable} --url ${cleanText(gatewayUrl, 512)}`] : []),
    '',
  ]
}

/** Who scans the code on another machine and gets nowhere should have read why. */
function reachLines(gatewayUrl: string): readonly string[] {
  if (isLoopbackUrl(gatewayUrl)) {
    return [
      yellow('Only this machine reaches that address, or a tunnel to it.'),
      'For other devices: openclaw config set gateway.pairing.publicUrl <address of your proxy or tunnel>',
    ]
  }
  if (!gatewayUrl.startsWith('ws:')) return []
  return [
    yellow('That address is not encrypted: others on the network can read along, and codes are refused.'),
  ]
}

function candidateLines(rows: readonly PendingRow[], id: string, asks: boolean): readonly string[] {
  const blocks = rows.flatMap((row) => [...requestLines(row, undefined, systemNow()), ''])
  const opening =
    rows.length === 1
      ? 'A device brought the invitation. Compare the six words with what it shows:'
      : `${rows.length} devices brought the invitation. Only one of them is yours; compare the six words:`
  if (asks) return ['', bold(opening), '', ...blocks]
  const commands = rows.map(({ requestId }) => `  openclaw pair confirm ${id} ${requestId}`)
  return ['', bold(opening), '', ...blocks, 'To let it in:', ...commands, '']
}

function timeLeft(made: InviteResult | undefined): string {
  const seconds = Math.max(0, Math.ceil(((made?.expiresAtMs ?? 0) - systemNow()) / 1_000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
