import type { TlsReport } from '@pairgate/protocol/wire'
import { EXIT } from '../exit-codes.ts'
import { formatSpan } from '../output/age.ts'
import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'
import { green, yellow } from '../output/paint.ts'
import { printJson } from '../output/print-json.ts'
import { systemNow } from '../platform/system-clock.ts'
import { type GatewayLink, openLink } from '../target/gateway-link.ts'
import { findLocalFiles } from '../target/read-target-facts.ts'
import { type CommonOptions, linkFor } from './common-options.ts'

export interface StatusOptions extends CommonOptions {
  readonly requireRpc?: boolean
}

interface Status {
  readonly ok: boolean
  readonly url: string | null
  readonly urlSource: string | null
  readonly reachable: boolean
  readonly version: string | null
  readonly uptimeMs: number | null
  readonly authMode: string | null
  readonly stateDir: string
  readonly database: string | null
  readonly pairedDevices: number | null
  readonly pendingRequests: number | null
  readonly tls: TlsReport | null
  readonly error?: string
}

/** Says how the gateway is. That it is down is an answer, not a failure, unless the caller says otherwise. */
export async function showStatus(options: StatusOptions): Promise<void> {
  const { status, next } = await readStatus(options)
  if (options.json) printJson(status)
  else process.stdout.write(`${[...statusLines(status), ...next].join('\n')}\n`)
  if (!status.ok && options.requireRpc) process.exitCode = EXIT.failed
}

async function readStatus(options: StatusOptions): Promise<{ status: Status; next: readonly string[] }> {
  const { stateDir } = await findLocalFiles(process.env)
  let link: GatewayLink | undefined
  try {
    link = await openLink(linkFor(options, 'status'))
    return { status: { ...unknownStatus(stateDir, link), ...(await askStatus(link)) }, next: [] }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const reachable = error.shape.type === 'gateway_request_error'
    return { status: { ...unknownStatus(stateDir, link), reachable, error: error.message }, next: error.next }
  } finally {
    await link?.close()
  }
}

function unknownStatus(stateDir: string, link: GatewayLink | undefined): Status {
  return {
    ok: false,
    url: link?.target.url ?? null,
    urlSource: link?.target.source ?? null,
    reachable: false,
    version: null,
    uptimeMs: null,
    authMode: null,
    stateDir,
    database: null,
    pairedDevices: null,
    pendingRequests: null,
    tls: null,
  }
}

async function askStatus(link: GatewayLink): Promise<Partial<Status>> {
  const scopes = ['operator.read', 'operator.pairing']
  const { server } = await link.greet(scopes)
  await link.request('health', {}, scopes)
  const report = await link.request('status', {}, scopes)
  return {
    ok: true,
    reachable: true,
    // Over the socket the gateway knows better than the config file which address it got.
    url: textOr(report['url']) ?? link.target.url,
    version: server.version,
    uptimeMs: numberOr(report['uptimeMs']),
    authMode: textOr(report['authMode']),
    database: textOr(report['database']),
    pairedDevices: numberOr(report['pairedDevices']),
    pendingRequests: numberOr(report['pendingRequests']),
    tls: (report['tls'] as TlsReport | undefined) ?? null,
  }
}

function statusLines(status: Status): readonly string[] {
  const { url, urlSource, version, uptimeMs, authMode, pairedDevices, pendingRequests, stateDir, database } =
    status
  const running = `running, version ${cleanText(version ?? 'unknown')}, up ${formatSpan(uptimeMs ?? 0)}`
  const state = status.ok
    ? green(running)
    : yellow(status.reachable ? 'answers, but refuses' : 'not reachable')
  return [
    `Gateway: ${url ?? 'unknown'}${urlSource === null ? '' : ` (${urlSource})`}`,
    `Status:  ${state}`,
    ...(authMode === null ? [] : [`Auth:    ${cleanText(authMode)}`]),
    ...(pairedDevices === null ? [] : [`Devices: ${pairedDevices} paired, ${pendingRequests ?? 0} pending`]),
    ...(status.tls === null ? [] : tlsLines(status.tls)),
    `State:   ${stateDir}${database === null ? '' : ` (${cleanText(database)})`}`,
    ...(status.error === undefined ? [] : [`Reason:  ${cleanText(status.error, 1_000)}`]),
  ]
}

function tlsLines({ mode, fingerprint, notAfterMs, problem }: TlsReport): readonly string[] {
  const now = systemNow()
  const whose = mode === 'auto' ? 'its own certificate' : 'certificate from files'
  return [
    `TLS:     ${whose}, ${notAfterMs <= now ? 'expired' : `expires in ${formatSpan(notAfterMs - now)}`}`,
    `         sha256:${cleanText(fingerprint)}`,
    ...(problem === undefined
      ? []
      : [yellow(`         A newer one is not in use: ${cleanText(problem, 1_000)}`)]),
  ]
}

function numberOr(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
function textOr(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
