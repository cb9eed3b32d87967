import type { StoreReader } from '@pairgate/core'
import type { DeviceId, Role } from '@pairgate/protocol'
import { createNodeCrypto } from '../platform/node-crypto.ts'
import type { Finding } from './finding.ts'

/** A token that this machine keeps for itself. */
export interface OwnToken {
  readonly gateway: string
  readonly deviceId: string
  readonly role: string
  readonly token: string
}

export interface OwnTokensContext {
  readonly nowMs: number
  readonly fingerprintOf: (secret: string) => string
}

/** What the database of this host makes of the tokens that lie beside it. Those of other gateways are named. */
export async function judgeOwnTokens(
  tokens: readonly OwnToken[],
  read: Reads,
  context: OwnTokensContext,
): Promise<readonly Finding[]> {
  return Promise.all(tokens.map((own) => judgeOne(own, read, context)))
}

type Reads = Pick<StoreReader, 'findDevice' | 'findToken' | 'findTokenByHash'>

async function judgeOne(own: OwnToken, read: Reads, context: OwnTokensContext): Promise<Finding> {
  const check = 'device-tokens'
  const name = `${own.role} for ${own.gateway} (${context.fingerprintOf(own.token)})`
  if (!(await read.findDevice(own.deviceId as DeviceId)))
    return {
      check,
      level: 'note',
      what: `${name}: of a gateway that is not on this host, or that removed this device.`,
    }
  const fault = await faultOf(own, read, context.nowMs)
  if (fault === undefined) return { check, level: 'ok', what: `${name}: stands.` }
  const advice = `openclaw connect --url ${own.gateway}${own.role === 'operator' ? '' : ` --role ${own.role}`}`
  return { check, level: 'warn', what: `${name}: ${fault}`, advice }
}

async function faultOf(own: OwnToken, read: Reads, nowMs: number): Promise<string | undefined> {
  const found = await read.findTokenByHash(createNodeCrypto().hashToken(own.token))
  const token = found?.token ?? (await read.findToken(own.deviceId as DeviceId, own.role as Role))
  if (token?.revokedAt !== undefined) return 'revoked.'
  if (token?.expiresAt !== undefined && token.expiresAt <= nowMs) return 'it has run out.'
  if (!found) return token ? 'replaced by another one.' : 'the gateway has no token of this role for it.'
  if (found.token.deviceId !== own.deviceId) return 'it belongs to another device.'
  return found.as === 'previous' ? 'rotated; the next connect fetches the new one.' : undefined
}
