import type { DevicePairList, MethodParams, PairedRow, PendingRow } from '@pairgate/protocol/wire'
import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'
import { green } from '../output/paint.ts'
import { formatJson, printJson } from '../output/print-json.ts'
import { type ApproveLatest, chooseRequest } from '../pairing/choose-request.ts'
import { approvalState, previewLines, requestLines } from '../pairing/describe-request.ts'
import { isCompleteId } from '../pairing/find-by-prefix.ts'
import { requestFate } from '../pairing/request-fate.ts'
import { systemNow } from '../platform/system-clock.ts'
import { canAsk } from '../platform/terminal.ts'
import { type GatewayLink, withLink } from '../target/gateway-link.ts'
import { findLocalFiles } from '../target/read-target-facts.ts'
import { readLifetime, readScopes } from './approve-flags.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import { findRequest, PAIRING_SCOPES, readPairList } from './read-pair-list.ts'

export interface ApproveOptions extends CommonOptions {
  readonly latest?: boolean
  readonly scope?: readonly string[]
  readonly session?: string
  readonly expires?: string
  readonly label?: string
}

const MADE_ROOM = 'Requests had to make room within the last minutes. The device may ask again.'

type ApproveParams = MethodParams<'device.pair.approve'>
type Grant = Omit<ApproveParams, 'requestId' | 'digest'>

export async function approveDevice(typed: string | undefined, options: ApproveOptions): Promise<void> {
  if (typed !== undefined && options.latest) {
    throw new CommandError('Pass either a request id or --latest, not both.', {
      next: ['Look at the open requests with: openclaw devices list'],
    })
  }
  const grant = readGrant(options)
  await withLink(linkFor(options, 'device.pair.approve'), async (link) => {
    const list = await readPairList(link)
    const row = typed === undefined ? await chooseLatest(list, options) : findRequest(list.pending, typed)
    if (row) return approveRow(link, { row, list, grant }, options)
    if (typed !== undefined && isCompleteId(typed)) await sendUnlisted(link, { requestId: typed, ...grant })
    throw unknownRequest(typed ?? '', list.madeRoomAtMs === undefined ? [] : [MADE_ROOM])
  })
}

function readGrant({ scope, session, expires, label }: ApproveOptions): Grant {
  return {
    ...(scope && { scopes: [...readScopes(scope)] }),
    ...(session !== undefined && { session }),
    ...(expires !== undefined && { expiresInMs: readLifetime(expires) }),
    ...(label !== undefined && { label }),
  }
}

interface Approval {
  readonly row: PendingRow
  readonly list: DevicePairList
  readonly grant: Grant
}

async function approveRow(
  link: GatewayLink,
  { row, list, grant }: Approval,
  { json }: ApproveOptions,
): Promise<void> {
  const known = list.paired.find(({ deviceId }) => deviceId === row.deviceId)
  // Pinned to what was listed: should anything of it be different by now, the gateway refuses.
  const params = {
    requestId: row.requestId,
    ...(row.digest !== undefined && { digest: row.digest }),
    ...grant,
  }
  const result = await sendApproval(link, params, neededScopes(row, known))
  if (json) printJson(result)
  else {
    const { requestId, device } = result
    process.stdout.write(`${green('Approved')} ${cleanText(`${device.deviceId} (${requestId})`)}\n`)
  }
}

/**
 * Whoever approves must hold what the token will hold: what is asked for now, and what the device keeps.
 * Roles other than operator are for admins to give.
 */
export function neededScopes(row: PendingRow, known: PairedRow | undefined): readonly string[] {
  if (row.roles.some((role) => role !== 'operator')) return [...PAIRING_SCOPES, 'operator.admin']
  const kept =
    known?.tokens.filter((token) => row.roles.includes(token.role)).flatMap((token) => token.scopes) ?? []
  return [...new Set([...PAIRING_SCOPES, ...row.scopes, ...kept])]
}

/**
 * A whole id that is not listed: the gateway can still tell what became of it. One that keeps that from whoever
 * is no admin, as OpenClaw's does, has not said that there is such a request.
 */
async function sendUnlisted(link: GatewayLink, params: ApproveParams): Promise<void> {
  try {
    await sendApproval(link, params, PAIRING_SCOPES)
  } catch (error) {
    if (!(error instanceof CommandError) || error.message !== 'device pairing approval denied') throw error
    throw unknownRequest(params.requestId, ['Requests of other devices are approved by an admin.'])
  }
}

async function sendApproval(link: GatewayLink, params: ApproveParams, scopes: readonly string[]) {
  try {
    return await link.request('device.pair.approve', params, scopes)
  } catch (error) {
    if (error instanceof CommandError && error.message === 'unknown requestId') {
      throw unknownRequest(params.requestId, requestFate(error))
    }
    throw error
  }
}

// The sentence is OpenClaw's, because scripts look for it; what the gateway knows beyond it follows.
function unknownRequest(id: string, next: readonly string[] = []): CommandError {
  return new CommandError(
    `No pending device request matches ${id}. Run openclaw devices list and retry with the current request ID.`,
    { plainAlways: true, next },
  )
}

async function chooseLatest(list: DevicePairList, options: ApproveOptions): Promise<PendingRow> {
  const choice = chooseRequest({
    pending: list.pending,
    canAsk: canAsk() && !options.json,
    approveLatest: await readApproveLatest(),
    hasMadeRoom: list.madeRoomAtMs !== undefined,
  })
  switch (choice.kind) {
    case 'nothing-open':
      throw new CommandError('No pending device requests.', {
        next: ['A device asks with: openclaw connect --url <url of this gateway>'],
      })
    case 'approve':
      return choice.row
    case 'ask':
      return askAbout(choice.row, list)
    case 'preview':
      throw preview(choice.row, choice.why, { list, options })
  }
}

async function askAbout(row: PendingRow, { paired, pending }: DevicePairList): Promise<PendingRow> {
  const known = paired.find(({ deviceId }) => deviceId === row.deviceId)
  const others = pending.length > 1 ? [`(${pending.length - 1} more open: openclaw devices list)`] : []
  process.stdout.write(`${[...requestLines(row, known, systemNow()), ...others].join('\n')}\n\n`)

  const { confirm } = await import('@clack/prompts')
  const message = 'Does the device show the same six words, and may it have this?'
  const answer = await confirm({ message, active: 'Approve', inactive: 'Leave it', initialValue: false })
  if (answer === true) return row
  throw new CommandError('Nothing was approved.', {
    next: [`To refuse it: openclaw devices reject ${row.requestId}`],
  })
}

interface PreviewFacts {
  readonly list: DevicePairList
  readonly options: ApproveOptions
}

function preview(row: PendingRow, why: string, { list, options }: PreviewFacts): CommandError {
  const state = approvalState(
    row,
    list.paired.find(({ deviceId }) => deviceId === row.deviceId),
  )
  const command = `openclaw devices approve ${row.requestId}`
  const requiresAuthFlags = { token: options.token !== undefined, password: options.password !== undefined }
  const approveCommand = `${command} --json`
  const text = options.json
    ? formatJson({ selected: row, approvalState: state, approveCommand, requiresAuthFlags })
    : previewLines(row, state).join('\n')
  process.stdout.write(`${text}\n`)
  return new CommandError(`Approve this exact request with: ${command}`, {
    next: [`Nothing was approved: ${why}`],
    plainAlways: true,
  })
}

async function readApproveLatest(): Promise<ApproveLatest> {
  const { ConfigError, readGatewayConfig } = await import('@pairgate/gateway/config')
  const { configFile: file } = await findLocalFiles(process.env)
  try {
    return readGatewayConfig({ file, env: process.env }).pairing.approveLatest
  } catch (error) {
    // Whatever is wrong with the gateway's settings, the careful way is right.
    if (error instanceof ConfigError) return 'strict'
    throw error
  }
}
