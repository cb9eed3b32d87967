import { mint } from '../access/access-world.ts'
import { makeProof, type ProofFacts } from '../access/make-proof.ts'
import type { GatewayOfTest } from '../harness/gateway-of-test.ts'
import { connectPaired, type PairedDevice, pair } from '../harness/pair.ts'
import { makeDevice, type TestDevice } from '../harness/test-device.ts'
import { NEEDED } from './front.ts'

/** What the requests of the table bring, good and bad. */
export interface Credentials {
  readonly device: TestDevice
  readonly deviceToken: string
  /** An access token of the device for whatever it asks. */
  readonly good: string
  /** One for the app alone. */
  readonly here: string
  /** One for another app. */
  readonly elsewhere: string
  readonly expired: string
  readonly revoked: string
  /** One that lacks what the app needs. */
  readonly narrow: string
  /** A proof of the device for a URL. */
  prove(facts: Pick<ProofFacts, 'url'> & Partial<ProofFacts>): Promise<string>
}

const SHORTEST_MS = 1_000

export async function makeCredentials(gateway: GatewayOfTest, origin: string): Promise<Credentials> {
  const { device, token, client } = await enter(gateway, [NEEDED, 'operator.write'])
  const minted = async (params: object) => (await mint(client, params)).accessToken
  const expired = await minted({ ttlMs: SHORTEST_MS })
  const runsOutAt = performance.now() + SHORTEST_MS

  const other = await enter(gateway, [NEEDED])
  const { accessToken: revoked } = await mint(other.client)
  const owner = await gateway.owner()
  await owner.call('device.token.revoke', { deviceId: other.device.id, role: 'operator' })
  await owner.end()
  const talker = await enter(gateway, ['operator.talk'])
  const { accessToken: narrow } = await mint(talker.client)

  const credentials = {
    device,
    deviceToken: token,
    good: await minted({}),
    here: await minted({ audience: origin }),
    elsewhere: await minted({ audience: 'https://other.example' }),
    expired,
    revoked,
    narrow,
    prove: (facts: Pick<ProofFacts, 'url'> & Partial<ProofFacts>) => makeProof({ device, token, ...facts }),
  }
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, runsOutAt - performance.now())))
  return credentials
}

/** A paired device with these scopes, on a connection of our own client's kind. */
export async function enter(gateway: GatewayOfTest, scopes: readonly string[]): Promise<PairedDevice> {
  const { client: first, ...paired } = await pair(gateway, { scopes, device: makeDevice() })
  await first.end()
  const { device, token } = paired
  return { ...paired, ...(await connectPaired(gateway, { scopes, device, token, extended: true })) }
}
