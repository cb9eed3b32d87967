import { ClientError } from '@pairgate/client'
import { type InvitationText, type Role, readInvitationText, type TlsPin } from '@pairgate/protocol'
import { CommandError } from '../output/command-error.ts'
import { readStdin } from '../platform/terminal.ts'
import { findLocalFiles, readTargetFacts } from '../target/read-target-facts.ts'
import { readUrl } from '../target/read-url.ts'
import { resolveTarget, type Target } from '../target/resolve-target.ts'
import { readRole } from './call-method.ts'
import type { CommonOptions } from './common-options.ts'
import { createConnectReport } from './connect-report.ts'
import { type Entered, type Entry, enterGateway, explainEntryError } from './enter-gateway.ts'
import { fetchJoinLink } from './fetch-join-link.ts'

export interface RedeemOptions extends CommonOptions {
  readonly name?: string
  readonly role?: string
  /** Undefined when neither `--wait` nor `--no-wait` was given, which means to wait. */
  readonly wait?: boolean
}

/** What this device was given, and where it may be redeemed. */
interface Handed {
  readonly kind: InvitationText['kind']
  readonly secret: string
  /** The first that answers is the gateway. */
  readonly targets: readonly Target[]
}

/** Lets this machine in with what an operator handed out: a code, a link, a setup code; `-` reads it. */
export async function redeemInvitation(words: readonly string[], options: RedeemOptions): Promise<void> {
  const text = words.length === 1 && words[0] === '-' ? await readStdin() : words.join(' ')
  const invitation = readInvitationText(text)
  if (!invitation) throw await notAnInvitation(words)
  const files = await findLocalFiles(process.env)
  const handed = await readHanded(invitation, options)
  const { json = false, timeout: timeoutMs, wait = true, name } = options
  const report = createConnectReport(json)
  const facts = { name, wait, timeoutMs, json, insists: false, files, report, scopes: [] }
  const { paired, requestId } = await enterFirst(handed, facts, rolesToTry(handed, options))
  await paired.connection.close()
  report.paired(paired, { requestId, asked: [] })
}

// What was typed is not repeated: it may be a secret with a letter too many.
async function notAnInvitation(words: readonly string[]): Promise<CommandError> {
  const { nearestWord } = await import('@pairgate/gateway/config')
  const [word = ''] = words
  const command = /^[a-z]{3,8}$/.test(word) ? nearestWord(word, ['list', 'cancel', 'confirm']) : undefined
  return new CommandError('This is no invitation.', {
    next: [
      ...(command === undefined ? [] : [`Did you mean openclaw pair ${command}?`]),
      'It is six digits (482 913), a link (https://…/__pairgate__/pair#pgi_…), or a setup code; check that it is complete.',
      'To ask without one: openclaw connect --url <url>',
    ],
  })
}

async function readHanded(invitation: InvitationText, options: RedeemOptions): Promise<Handed> {
  const { kind } = invitation
  switch (kind) {
    case 'code':
      return { kind, secret: invitation.code, targets: [await ownTarget(options)] }
    case 'secret':
      return { kind, secret: invitation.secret, targets: [await ownTarget(options)] }
    case 'link':
      return handedAt(kind, invitation.secret, { ...invitation, urls: [invitation.url] }, options)
    case 'setup-code':
    case 'join-link': {
      const payload =
        kind === 'setup-code' ? invitation.payload : await fetchJoinLink(invitation.href, options)
      const urls = [...new Set([payload.url, ...(payload.urls ?? [])])]
      return handedAt(kind, payload.bootstrapToken, { ...payload, urls }, options)
    }
  }
}

interface HandedAt {
  readonly urls: readonly string[]
  readonly tlsFingerprint?: TlsPin
}

function handedAt(
  kind: Handed['kind'],
  secret: string,
  { urls, tlsFingerprint }: HandedAt,
  { url: named, token, password, tlsFingerprint: namedPin }: RedeemOptions,
): Handed {
  // Who names an address knows another way there, such as a tunnel.
  const there = named === undefined ? urls : [readUrl(named)]
  const shared =
    token || password ? { token: token || undefined, password: password || undefined } : undefined
  const pin = namedPin ?? tlsFingerprint
  const targets = there.map(
    (url): Target => ({
      kind: 'url',
      url,
      source: 'invitation',
      secret: shared,
      // An address of the loopback may stand beside it, which shows no certificate.
      ...(pin !== undefined && url.startsWith('wss:') && { tlsFingerprint: pin }),
    }),
  )
  return { kind, secret, targets }
}

/** A code says nothing of an address, so it is the one that other commands go to. */
async function ownTarget(options: RedeemOptions): Promise<Target> {
  const files = await findLocalFiles(process.env)
  return resolveTarget(await readTargetFacts(options, process.env, files))
}

/** Links do not say whom they are for, and trying twice costs nothing. A code is only tried once. */
function rolesToTry({ kind }: Handed, { role }: RedeemOptions): readonly Role[] {
  if (role !== undefined) return [readRole(role)]
  if (kind === 'code') return ['operator']
  return kind === 'join-link' ? ['node', 'operator'] : ['operator', 'node']
}

type Facts = Omit<Entry, 'url' | 'tlsFingerprint' | 'role' | 'secret' | 'invitation'>

async function enterFirst(handed: Handed, facts: Facts, roles: readonly Role[]): Promise<Entered> {
  let failure: CommandError | undefined
  for (const target of handed.targets) {
    const tried = await enterAt(target, handed, facts, roles)
    if (!('error' in tried)) return tried
    failure = explainRedeemError(tried.error, { target, configFile: facts.files.configFile }, handed)
    if (!isElsewhere(tried.error)) throw failure
  }
  throw failure ?? (await notAnInvitation([]))
}

async function enterAt(
  target: Target,
  { secret: invitation }: Pick<Handed, 'secret'>,
  facts: Facts,
  [role = 'operator', ...others]: readonly Role[],
): Promise<Entered | { readonly error: ClientError }> {
  const secret = target.kind === 'url' ? target.secret : undefined
  try {
    const { url, tlsFingerprint } = target
    return await enterGateway({ ...facts, url, tlsFingerprint, role, secret, invitation })
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    const isForAnother = error.code === 'AUTH_BOOTSTRAP_TOKEN_INVALID' && others.length > 0
    return isForAnother ? enterAt(target, { secret: invitation }, facts, others) : { error }
  }
}

const ELSEWHERE: readonly string[] = [
  'UNREACHABLE',
  'TIMEOUT',
  'CLOSED',
  'PROTOCOL',
  'PLAINTEXT_REFUSED',
  'TLS_FINGERPRINT',
  'TLS_UNTRUSTED',
]

/** Nobody was there, so another address of the same gateway may be right. */
function isElsewhere({ code }: ClientError): boolean {
  return ELSEWHERE.includes(code)
}

const SPENT: Readonly<Record<InvitationText['kind'], string>> = {
  code: 'The code is wrong, has run out, or was used.',
  secret: 'The invitation has run out, was cancelled, or was used by another device.',
  link: 'The link has run out, was cancelled, or was used by another device.',
  'setup-code': 'The setup code has run out, was cancelled, or was used by another device.',
  'join-link': 'The join link has run out, was cancelled, or was used by another device.',
}

function explainRedeemError(
  error: ClientError,
  place: Parameters<typeof explainEntryError>[1],
  { kind }: Handed,
): CommandError {
  const explained = explainEntryError(error, place)
  const { source } = place.target
  if (isElsewhere(error) && source !== 'invitation' && source !== 'cli --url') {
    const { message, shape, gateway } = explained
    const next = [
      'It does not say where its gateway is: add --url <url>, as the host shows it.',
      ...explained.next,
    ]
    return new CommandError(message, { next, shape, ...(gateway && { gateway }) })
  }
  if (error.code !== 'AUTH_BOOTSTRAP_TOKEN_INVALID') return explained
  const next = [
    'Make a new one on the host of the gateway: openclaw pair',
    ...(kind === 'code' ? ['If it was made for a node, add: --role node'] : []),
  ]
  return new CommandError(SPENT[kind], { next, shape: explained.shape })
}
