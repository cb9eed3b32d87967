import type { Gateway } from './machines/gateway.ts'

export interface RequestSeen {
  readonly requestId: string
  readonly deviceId: string
  readonly role: string
  readonly scopes: readonly string[]
}

export interface TokenSeen {
  readonly role: string
  readonly scopes: readonly string[]
  readonly createdAtMs: number
  readonly rotatedAtMs?: number
  readonly revokedAtMs?: number
}

export interface DeviceSeen {
  readonly deviceId: string
  readonly operatorLabel?: string
  readonly connected: boolean
  readonly tokens?: readonly TokenSeen[]
}

/** What a gateway knows of devices. */
export interface Look {
  readonly pending: readonly RequestSeen[]
  readonly paired: readonly DeviceSeen[]
}

/** Asks over the wire, beside the command that is tried. */
export async function look(gateway: Gateway): Promise<Look> {
  const answer = await gateway.call('device.pair.list')
  if (!answer.ok) throw new Error(`the list was refused: ${answer.error.message}`)
  return answer.payload as unknown as Look
}

/** What has changed from one look to the next, in a fixed order and without ids. */
export function describeChanges(before: Look, after: Look): readonly string[] {
  const [oldRequests, newRequests] = [before, after].map(({ pending }) => byKey(pending, 'requestId'))
  const [oldDevices, newDevices] = [before, after].map(({ paired }) => byKey(paired, 'deviceId'))
  return [
    ...missing(oldRequests, newRequests).map(() => 'request gone'),
    ...missing(newRequests, oldRequests).map((row) => `request new: ${row.role} ${scopesOf(row)}`),
    ...missing(oldDevices, newDevices).map(() => 'device gone'),
    ...missing(newDevices, oldDevices).map(
      ({ tokens = [] }) => `device new: ${tokens.map(tokenOf).join(', ')}`,
    ),
    ...[...(newDevices ?? [])].flatMap(([id, device]) => {
      const old = oldDevices?.get(id)
      return old ? changesOf(old, device) : []
    }),
  ]
}

function changesOf(before: DeviceSeen, after: DeviceSeen): readonly string[] {
  const label = before.operatorLabel === after.operatorLabel ? [] : [`label "${after.operatorLabel}"`]
  const tokens = (after.tokens ?? []).flatMap((token) => {
    const old = before.tokens?.find(({ role }) => role === token.role)
    return old ? changesOfToken(old, token) : [`token new: ${tokenOf(token)}`]
  })
  return [...label, ...tokens]
}

function changesOfToken(before: TokenSeen, after: TokenSeen): readonly string[] {
  const { role } = after
  const wasRevoked = before.revokedAtMs === undefined && after.revokedAtMs !== undefined
  const wasRotated = after.rotatedAtMs !== undefined && before.rotatedAtMs !== after.rotatedAtMs
  return [
    ...(wasRevoked ? [`${role} token revoked`] : []),
    ...(wasRotated ? [`${role} token rotated`] : []),
    ...(scopesOf(before) === scopesOf(after) ? [] : [`${role} token now ${scopesOf(after)}`]),
  ]
}

function tokenOf(token: TokenSeen): string {
  return `${token.role} ${scopesOf(token)}`
}

function scopesOf({ scopes }: { readonly scopes: readonly string[] }): string {
  const words = scopes.map((scope) => scope.replace('operator.', ''))
  return `[${words.sort().join(' ')}]`
}

function byKey<Row, Key extends keyof Row>(rows: readonly Row[], key: Key): ReadonlyMap<Row[Key], Row> {
  return new Map(rows.map((row) => [row[key], row]))
}

function missing<Id, Row>(
  rows: ReadonlyMap<Id, Row> | undefined,
  from: ReadonlyMap<Id, Row> | undefined,
): Row[] {
  return [...(rows ?? [])].filter(([id]) => !from?.has(id)).map(([, row]) => row)
}
