import type { MethodParams, SetupCodeResult } from '@pairgate/protocol/wire'
import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'
import { bold } from '../output/paint.ts'
import { printJson } from '../output/print-json.ts'
import { qrLines } from '../output/qr-lines.ts'
import { withLink } from '../target/gateway-link.ts'
import { findLocalFiles, readTargetFacts } from '../target/read-target-facts.ts'
import { DEFAULT_TIMEOUT_MS } from '../target/read-timeout.ts'

export interface QrOptions {
  readonly json?: boolean
  readonly setupCodeOnly?: boolean
  readonly ascii?: boolean
  readonly limited?: boolean
  readonly voiceNode?: boolean
  readonly url?: string
  readonly publicUrl?: string
  readonly remote?: boolean
  readonly token?: string
  readonly password?: string
}

const ADMIN = ['operator.admin'] as const

/** `openclaw qr`: the setup code of OpenClaw's phone apps, made by the gateway that will honour it. */
export async function showQr(options: QrOptions): Promise<void> {
  refuseContradictions(options)
  const { token, password } = options
  const remote = options.remote ? await remoteUrl() : undefined
  const publicUrl = options.publicUrl ?? options.url ?? remote
  const params: MethodParams<'device.pair.setupCode'> = {
    includeQr: false,
    ...(publicUrl !== undefined && { publicUrl }),
    ...(options.limited && { bootstrapProfile: 'limited' }),
    ...(options.voiceNode && { bootstrapProfile: 'voice-node' }),
  }
  // Left without an address it goes to the remote one, with the secret and the pin that stand beside it.
  const link = { token, password, timeoutMs: DEFAULT_TIMEOUT_MS, method: 'device.pair.setupCode' }
  const made = await withLink(link, (open) => open.request('device.pair.setupCode', params, ADMIN))
  const isRemote = remote !== undefined && publicUrl === remote
  tell({ ...made, urlSource: isRemote ? 'gateway.remote.url' : made.urlSource }, options)
}

function refuseContradictions({ limited, voiceNode, token, password }: QrOptions): void {
  if (limited && voiceNode) throw new CommandError('Use either --limited or --voice-node, not both.')
  if (token !== undefined && password !== undefined)
    throw new CommandError('Use either --token or --password, not both.')
}

async function remoteUrl(): Promise<string> {
  const facts = await readTargetFacts({}, process.env, await findLocalFiles(process.env))
  const url = facts.remote?.url ?? facts.env.url
  if (url !== undefined) return url
  throw new CommandError('qr --remote requires gateway.remote.url.', {
    next: ['Set it with: openclaw config set gateway.remote.url <url>, and gateway.mode to "remote"'],
  })
}

function tell(made: SetupCodeResult, { json, setupCodeOnly, ascii = true }: QrOptions): void {
  const { setupCode, gatewayUrl, auth, urlSource, access, accessDowngraded } = made
  if (json) return printJson({ setupCode, gatewayUrl, auth, urlSource, access, accessDowngraded })
  if (setupCodeOnly) return void process.stdout.write(`${setupCode}\n`)
  const lines = [
    bold('Pairing QR'),
    'Scan this with the OpenClaw mobile app (Onboarding → Scan QR).',
    '',
    ...(ascii ? qrLines(setupCode, true) : []),
    `Setup code: ${cleanText(setupCode, 8_192)}`,
    `Gateway: ${cleanText(gatewayUrl, 512)}`,
    `Auth: ${cleanText(auth)}`,
    `Access: ${access}${accessDowngraded ? ' (downgraded: the address is not encrypted)' : ''}`,
    `Source: ${cleanText(urlSource)}`,
    '',
    'Approve after scan with:',
    '  openclaw devices list',
    '  openclaw devices approve <requestId>',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
