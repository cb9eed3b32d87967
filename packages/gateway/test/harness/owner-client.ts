import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OWNER_NONCE_HEADER, ownerProofText } from '@pairgate/protocol/wire'
import { WebSocket } from 'ws'
import { connectParams } from './connect-params.ts'
import { driveSocket, type WireClient } from './wire-client.ts'

export interface OwnerPlace {
  readonly ownerSocket: string
  readonly stateDir: string
}

export interface OwnerOptions {
  readonly scopes?: readonly string[]
  /** Announces `pairgate-1`; an owner does unless told otherwise. */
  readonly extended?: boolean
  readonly role?: string
  /** Of the upgrade, beside the owner's nonce. */
  readonly headers?: Readonly<Record<string, string>>
  /** Instead of the right one. */
  readonly proof?: (right: string, gatewayProof: string) => string
}

/** Opens the owner's socket without saying anything yet; without a nonce, no owner's header is sent. */
export function openOwnerSocket(
  { ownerSocket }: Pick<OwnerPlace, 'ownerSocket'>,
  nonce: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): WireClient {
  const all = nonce === undefined ? headers : { ...headers, [OWNER_NONCE_HEADER]: nonce }
  return driveSocket(new WebSocket(`ws+unix:${ownerSocket}:/`, { headers: all }))
}

/** Sends the owner's connect over its socket, after checking that the gateway proved itself too. */
export async function connectOwner(place: OwnerPlace, options: OwnerOptions = {}) {
  const { scopes = ['operator.admin'], extended = true, role, headers } = options
  const proof = options.proof ?? ((right: string) => right)
  const nonce = randomBytes(32).toString('base64url')
  const client = openOwnerSocket(place, nonce, headers)
  const challenge = await client.challenge
  const key = Buffer.from(
    readFileSync(join(place.stateDir, 'secrets', 'local.key'), 'utf8').trim(),
    'base64url',
  )
  const hmac = (text: string) => createHmac('sha256', key).update(text, 'utf8').digest('base64url')
  assert.equal(challenge.ownerProof, hmac(ownerProofText('gateway', nonce, challenge.nonce)))
  const ownerProof = proof(
    hmac(ownerProofText('client', nonce, challenge.nonce)),
    String(challenge.ownerProof),
  )
  const params = connectParams(challenge, {
    scopes,
    extended,
    ...(role !== undefined && { role }),
    client: { id: 'cli', mode: 'cli' },
    auth: { ownerProof },
  })
  return { client, response: await client.request('connect', params) }
}

/** The owner, connected. */
export async function openOwner(place: OwnerPlace, options: OwnerOptions = {}): Promise<WireClient> {
  const { client, response } = await connectOwner(place, options)
  assert.ok(response.ok, `the owner was refused: ${JSON.stringify(response.error)}`)
  return client
}
