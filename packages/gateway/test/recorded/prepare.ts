import assert from 'node:assert/strict'
import type { ConnectOptions } from '../harness/connect-params.ts'
import type { GatewayOfTest } from '../harness/gateway-of-test.ts'
import { approve, askToPair, connectPaired } from '../harness/pair.ts'
import { readScopes } from './connect-words.ts'
import { type Names, SHARED } from './names.ts'

/**
 * Makes true what a scenario begins with: `D1 operator [read] T1`, a device that is paired and has proved
 * its token, or `R1 D1 operator [read]`, a request that is open.
 */
export async function prepare(
  given: string,
  { gateway, names }: { readonly gateway: GatewayOfTest; readonly names: Names },
): Promise<void> {
  const parts = /^(?:(R\d+) )?(D\d+) (operator|node) \[(.*)\](?: (T\d+|-))?$/.exec(given)
  assert.ok(parts, `nobody understands "given ${given}"`)
  const [, request, device = '', role = '', scopes = '', token = '-'] = parts
  const ask: ConnectOptions = {
    device: names.device(device),
    role,
    scopes: readScopes(scopes),
    auth: { token: SHARED },
  }
  const { requestId } = await askToPair(gateway, ask)
  if (request !== undefined) {
    names.tellRequest(requestId, request)
    return
  }
  await approve(gateway, requestId)
  const { auth } = await gateway.open().hello(ask)
  const secret = String(auth.deviceToken)
  names.tellToken(secret, token)
  const { client } = await connectPaired(gateway, {
    device: names.device(device),
    role,
    token: secret,
    scopes: readScopes(scopes),
  })
  await client.end()
}
