import { createLog, type RunningGateway, startGateway } from '@pairgate/gateway'
import { EXIT } from '../exit-codes.ts'
import { bold, dim } from '../output/paint.ts'
import { boundYoungSpace } from '../platform/bound-young-space.ts'
import { findPages } from '../platform/find-pages.ts'
import { explainStart } from './explain-start.ts'

export interface RunOptions {
  readonly port?: string
  readonly bind?: string
  readonly auth?: string
  readonly token?: string
  readonly password?: string
  readonly verbose?: boolean
}

/** Runs until it is told to stop; resolves when everything is closed. */
export async function runGateway({ verbose, ...flags }: RunOptions): Promise<void> {
  const log = createLog({ level: 'info', destination: process.stderr })
  const gateway = await explainStart(() =>
    startGateway({
      flags: { ...flags, logLevel: verbose ? 'debug' : undefined },
      env: process.env,
      pagesDir: findPages(import.meta.dirname),
      log,
    }),
  )
  stopOnSignal(gateway)
  boundYoungSpace()
  process.stdout.write(`${welcome(gateway).join('\n')}\n`)
  // Only to a person: what a service prints ends up in logs that others read.
  if (gateway.claim && process.stdout.isTTY)
    process.stdout.write(`\n${claimLines(gateway, gateway.claim.text).join('\n')}\n`)
  for (const warning of gateway.warnings) process.stderr.write(`Warning: ${warning}\n`)
  await gateway.done
}

/** The secret itself, and the two ways to bring it. */
function claimLines({ url, tlsPin }: RunningGateway, secret: string): readonly string[] {
  return [
    `${bold('No owner yet.')} Whoever brings this becomes the owner: ${secret}`,
    `${dim('On the device, which then reads it:  ')} openclaw pair - --url ${url}${pinFlag(tlsPin)}`,
    `${dim('With a QR code and a link, here:     ')} openclaw pair --claim`,
  ]
}

/** Where it listens, and what to do next: on another machine, then here. */
export function welcome(gateway: RunningGateway): readonly string[] {
  const { url, addresses, stateDir, authMode, tlsPin, upstreamsPort } = gateway
  const others = addresses.filter((address) => !url.endsWith(`//${address}`))
  const pin = pinFlag(tlsPin)
  return [
    `${bold('Gateway listening on')} ${url}`,
    ...(others.length > 0 ? [`Also on: ${others.join(', ')}`] : []),
    ...(upstreamsPort === undefined ? [] : [`Apps without a host: ${appsUrl(url, upstreamsPort)}`]),
    `State directory: ${stateDir}`,
    `Auth mode: ${authMode}`,
    '',
    `${dim('Invite a device:        ')} openclaw pair`,
    `${dim('Let another device ask: ')} openclaw connect --url ${url}${pin}`,
    `${dim('See who asks:           ')} openclaw devices list`,
    `${dim('Let it in:              ')} openclaw devices approve <request id>`,
  ]
}

/** Where people ask for them. */
function appsUrl(url: string, port: number): string {
  return url.replace(/^ws/, 'http').replace(/:\d+$/, `:${port}`)
}

function pinFlag(tlsPin: RunningGateway['tlsPin']): string {
  return tlsPin === undefined ? '' : ` --tls-fingerprint ${tlsPin}`
}

/** The first signal lets everything finish; whoever sends a second one does not want to wait. */
function stopOnSignal(gateway: RunningGateway): void {
  let isStopping = false
  const stop = (code: number): void => {
    if (isStopping) process.exit(code)
    isStopping = true
    gateway.stop('gateway stopping').catch((error: unknown) => {
      process.stderr.write(
        `The gateway did not stop cleanly: ${error instanceof Error ? error.message : error}\n`,
      )
      process.exit(EXIT.failed)
    })
  }
  // The end of a terminal is the end of what runs in it; elsewhere the signal asks to read the settings again.
  process.on('SIGHUP', () => (process.stdout.isTTY ? stop(EXIT.hangup) : gateway.reload()))
  process.on('SIGINT', () => stop(EXIT.interrupted))
  process.on('SIGTERM', () => stop(EXIT.terminated))
}
