import { readDevices } from './open-device.ts'
import { openOperator } from './operator.ts'

/** An access token of the first device that was seeded, good for an hour. */
export async function makeAccessToken(port: number, devicesFile: string): Promise<string> {
  const [device] = readDevices(devicesFile)
  if (!device) throw new Error('no device was seeded')
  const operator = await openOperator(port, device)
  const asked = { scopes: ['operator.read'], ttlMs: 3_600_000 }
  const made = (await operator.call('device.token.access', asked)) as { readonly accessToken: string }
  operator.end()
  return made.accessToken
}
