import { readDevices } from './open-device.ts'
import { openOperator } from './operator.ts'

/** An access token of a device that was seeded, of the first if nothing is said, good for an hour. */
export async function makeAccessToken(port: number, devicesFile: string, at = 0): Promise<string> {
  const device = readDevices(devicesFile)[at]
  if (!device) throw new Error('no device was seeded')
  const operator = await openOperator(port, device)
  const asked = { scopes: ['operator.read'], ttlMs: 3_600_000 }
  const made = (await operator.call('device.token.access', asked)) as { readonly accessToken: string }
  operator.end()
  return made.accessToken
}
