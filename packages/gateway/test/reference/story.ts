import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { GatewayClientOptions } from '@openclaw/gateway-client'
import type { HelloOk } from '@openclaw/gateway-protocol/frame-guards'
import { type ConnectRefusal, type ReferenceClient, startReferenceClient } from './reference-client.ts'
import { createReferenceDevice, type ReferenceDevice } from './reference-device.ts'
import { openReferenceGateway, type ReferenceGateway } from './reference-gateway.ts'

export const SCOPES = ['operator.read', 'operator.write']

/** What differs in one client. Left out, the scopes are `SCOPES`; a client that names none uses those stored. */
export type ClientChoice = Omit<Partial<GatewayClientOptions>, 'scopes'> & {
  readonly scopes?: string[] | 'unnamed'
}

/** One gateway and one device of the reference client, which comes and goes. */
export interface Story {
  readonly gateway: ReferenceGateway
  readonly device: ReferenceDevice
  /** Starts a client on the device's key and tokens; it ends with the test. */
  start(options?: ClientChoice): ReferenceClient
  /** Starts a client that must be sent to the operator and must then wait. */
  askForApproval(options?: ClientChoice): Promise<ConnectRefusal>
  /** Starts a client that must be let in. */
  enter(options?: ClientChoice): Promise<{ client: ReferenceClient; hello: HelloOk }>
  /** The whole way to a connected client that has stored its token. */
  pair(options?: ClientChoice): Promise<{ client: ReferenceClient; token: string }>
}

export interface StoryOptions {
  readonly settings?: Readonly<Record<string, unknown>>
  /** For every client of the story. */
  readonly client?: ClientChoice
}

export async function tellStory(t: TestContext, options: StoryOptions = {}): Promise<Story> {
  const clients: ReferenceClient[] = []
  const gateway = await openReferenceGateway(t, options.settings)
  const device = createReferenceDevice()
  t.after(() => Promise.all(clients.map((client) => client.stop())))

  function start(own: ClientChoice = {}): ReferenceClient {
    const { scopes = SCOPES, ...rest } = { ...options.client, ...own }
    const client = startReferenceClient({
      url: gateway.url,
      device,
      options: { ...rest, ...(scopes !== 'unnamed' && { scopes }) },
    })
    clients.push(client)
    return client
  }
  async function askForApproval(own?: ClientChoice): Promise<ConnectRefusal> {
    const client = start(own)
    const refusal = await client.refusals.next()
    assert.equal(refusal.details['code'], 'PAIRING_REQUIRED', refusal.message)
    const { detailCode } = await client.pauses.next()
    assert.equal(detailCode, 'PAIRING_REQUIRED')
    await client.stop()
    return refusal
  }
  async function enter(own?: ClientChoice) {
    const client = start(own)
    const hello = await client.hellos.next()
    assert.deepEqual(client.refusals.all, [])
    return { client, hello }
  }
  return {
    gateway,
    device,
    start,
    askForApproval,
    enter,
    async pair(own) {
      const { details } = await askForApproval(own)
      await gateway.approve(details['requestId'])
      const { client } = await enter(own)
      return { client, token: storedToken(device) }
    },
  }
}

/** The secret on the device's shelf; there must be one. */
export function storedToken(device: ReferenceDevice): string {
  const token = device.stored()?.token
  assert.ok(token, 'the client has stored no token')
  return token
}

/** The client was cut off, as it is when its token is rotated, revoked or removed. */
export async function expectCutOff(client: ReferenceClient, reason = 'device removed'): Promise<void> {
  assert.deepEqual(await client.closes.next(), { code: 4001, reason })
}

/** The client came back once by itself, was told that its token is dead, threw it away and gave up. */
export async function expectTokenDead(client: ReferenceClient, device: ReferenceDevice): Promise<void> {
  const { details } = await client.refusals.next()
  assert.equal(details['code'], 'AUTH_DEVICE_TOKEN_MISMATCH')
  const { detailCode } = await client.pauses.next()
  assert.equal(detailCode, 'AUTH_DEVICE_TOKEN_MISMATCH')
  assert.equal(client.refusals.all.length, 1, 'the client tried more than once')
  assert.equal(device.stored(), undefined, 'the client kept its dead token')
}
