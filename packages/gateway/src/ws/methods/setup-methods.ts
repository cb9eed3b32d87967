import { type Core, type InvitationOrder, ok, type Result, refuse } from '@pairgate/core'
import { formatJoinLink, formatSetupCode, type InvitationId, type Scope } from '@pairgate/protocol'
import type { MethodParams, SetupAccess, SetupCodeResult, SetupStatusResult } from '@pairgate/protocol/wire'
import type { Endpoint } from '../../endpoints/choose-endpoints.ts'
import { type SetupEndpoint, setupEndpoint } from '../../endpoints/setup-endpoint.ts'
import { setupCompletion } from '../../wire/setup-to-wire.ts'
import type { Handler } from './method-handlers.ts'

export interface SetupMethodsDeps {
  readonly core: Core
  readonly endpoints: () => readonly Endpoint[]
  readonly authMode: () => string
}

export interface SetupMethods {
  readonly setupCode: Handler<'device.pair.setupCode'>
  readonly setupStatus: Handler<'device.pair.setupStatus'>
}

type SetupParams = MethodParams<'device.pair.setupCode'>
type Profile = 'full' | NonNullable<SetupParams['bootstrapProfile']>

/** What each profile gives beside the role of a node (protocol fact 16). */
const LIMITED: readonly Scope[] = [
  'operator.approvals',
  'operator.questions',
  'operator.read',
  'operator.talk.secrets',
  'operator.write',
]
const SCOPES_OF: Readonly<Record<Profile, readonly Scope[]>> = {
  full: ['operator.admin', ...LIMITED],
  limited: LIMITED,
  'voice-node': ['operator.read', 'operator.talk'],
  node: [],
}
const ACCESS_OF: Readonly<Record<Profile, SetupAccess>> = {
  full: 'full',
  limited: 'limited',
  'voice-node': 'limited',
  node: 'node',
}

/** `device.pair.setupCode` and `device.pair.setupStatus`: invitations in the words of OpenClaw's clients. */
export function createSetupMethods({ core, endpoints, authMode }: SetupMethodsDeps): SetupMethods {
  return {
    async setupCode({ principal }, params) {
      const { publicUrl, joinUrl: joins = false, includeQr = true } = params
      if (joins && (params.bootstrapProfile ?? 'node') !== 'node')
        return refuse({ reason: 'endpoint-unfit', fault: 'join-profile' })
      const endpoint = setupEndpoint(endpoints(), { publicUrl, joins })
      if (!endpoint.ok) return endpoint

      const { profile, isDowngraded } = chooseProfile(params, endpoint.value)
      const told = await handOut(core, endpoint.value, { principal, order: orderOf(profile, joins) })
      if (!told.ok) return told
      return ok({
        ...told.value,
        ...(includeQr && { qrDataUrl: await drawQr(told.value.setupCode) }),
        auth: authMode() === 'password' ? 'password' : 'token',
        urlSource: endpoint.value.source,
        access: ACCESS_OF[profile],
        ...(isDowngraded && { accessDowngraded: true as const }),
      } satisfies SetupCodeResult)
    },
    async setupStatus({ principal }, { setupId }) {
      const view = await core.findInvitation(principal, setupId as InvitationId)
      const completion = view && setupCompletion(view)
      return ok({ ...(completion && { completion }) } satisfies SetupStatusResult)
    },
  }
}

/** Whoever reads along on an unencrypted way must not become an admin; nobody asked for that by name. */
function chooseProfile({ bootstrapProfile, joinUrl }: SetupParams, { isPlain }: SetupEndpoint) {
  const asked = bootstrapProfile ?? (joinUrl ? 'node' : 'full')
  const isDowngraded = isPlain && asked === 'full'
  return { profile: isDowngraded ? 'limited' : asked, isDowngraded } as const
}

function orderOf(profile: Profile, joins: boolean): InvitationOrder {
  if (profile === 'node') return { roles: ['node'], joins }
  return { roles: ['node', 'operator'], scopes: SCOPES_OF[profile] }
}

interface Hand {
  readonly principal: Parameters<Core['createInvitation']>[0]
  readonly order: InvitationOrder
}

type Told = Pick<
  SetupCodeResult,
  'setupId' | 'expiresAtMs' | 'setupCode' | 'joinUrl' | 'gatewayUrl' | 'gatewayUrls'
>

async function handOut(
  core: Core,
  { url, urls, tlsPin }: SetupEndpoint,
  { principal, order }: Hand,
): Promise<Result<Told>> {
  const made = await core.createInvitation(principal, order)
  if (!made.ok) return made
  const { invitation, secret: bootstrapToken, joinCode } = made.value
  const expiresAtMs = Number(invitation.expiresAt)
  return ok({
    setupId: invitation.id,
    expiresAtMs,
    setupCode: formatSetupCode({
      url,
      ...(urls && { urls }),
      bootstrapToken,
      expiresAtMs,
      ...(tlsPin && { tlsFingerprint: tlsPin }),
    }),
    ...(joinCode && { joinUrl: formatJoinLink(url, joinCode) }),
    gatewayUrl: url,
    ...(urls && { gatewayUrls: urls }),
  })
}

/** Loaded when it is asked for: most gateways never draw one. */
async function drawQr(text: string): Promise<string> {
  const { qrDataUrl } = await import('../../platform/qr-data-url.ts')
  return qrDataUrl(text)
}
