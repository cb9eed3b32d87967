import type { InvitationPayload, InvitationRow, InviteResult } from '@pairgate/protocol/wire'
import type { ConnectOptions } from '../harness/connect-params.ts'
import type { GatewayOfTest } from '../harness/gateway-of-test.ts'
import type { OpenOptions, WireClient, WireResponse } from '../harness/wire-client.ts'

/** Refused in this way, whatever is wrong with an invitation. */
export const INVALID = 'AUTH_BOOTSTRAP_TOKEN_INVALID'

/** Codes of tests are read at once and not kept anywhere. */
export type Invited = InviteResult & { readonly code: string }

/** The owner hands one out, with a code unless told otherwise. */
export function invite(owner: WireClient, order: object = {}): Promise<Invited> {
  return owner.call<Invited>('device.pair.invite', { withCode: true, ...order })
}

export interface Redeeming extends Omit<ConnectOptions, 'auth'> {
  readonly open?: OpenOptions
}

/** One connect that brings an invitation. */
export async function redeem(
  gateway: GatewayOfTest,
  bootstrapToken: string,
  { open, ...options }: Redeeming = {},
): Promise<WireResponse> {
  return gateway.open(open).connect({ ...options, auth: { bootstrapToken } })
}

/** What a connect came to: `ok`, or the code in the details of its refusal. */
export function outcomeOf({ ok, error }: WireResponse): string {
  return ok ? 'ok' : String(error?.details?.['code'] ?? error?.message)
}

async function rows(owner: WireClient): Promise<readonly InvitationRow[]> {
  const { invitations } = await owner.call<{ invitations: readonly InvitationRow[] }>(
    'device.pair.invitations',
  )
  return invitations
}

export async function rowOf(owner: WireClient, id: string): Promise<InvitationRow | undefined> {
  return (await rows(owner)).find((row) => row.id === id)
}

/** The next word about an invitation. */
export async function news(
  client: WireClient,
  id: string,
  state: InvitationPayload['state'],
): Promise<InvitationPayload> {
  const fits = (payload: object) =>
    'id' in payload && payload.id === id && 'state' in payload && payload.state === state
  return (await client.nextEvent('device.pair.invitation', fits)).payload as unknown as InvitationPayload
}
