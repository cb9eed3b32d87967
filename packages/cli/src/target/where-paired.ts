import { existsSync } from 'node:fs'
import type { Role } from '@pairgate/protocol'
import { CommandError } from '../output/command-error.ts'
import type { LocalFiles } from './read-target-facts.ts'
import type { Target } from './resolve-target.ts'

/**
 * For commands that only a paired device can use: where nobody has named a gateway, and this machine is not paired
 * with its own, the one gateway that it is paired with is meant.
 * @throws CommandError when there are several.
 */
export async function wherePaired(target: Target, files: LocalFiles, role: Role): Promise<Target> {
  if (target.kind !== 'owner' || !existsSync(files.deviceKey)) return target
  const { createFileTokenStore, loadOrCreateFileKey } = await import('@pairgate/client')
  const { deviceId } = await loadOrCreateFileKey(files.deviceKey)
  const gateways = await createFileTokenStore(files.deviceTokens).gateways(deviceId, role)
  const [only, ...others] = gateways
  if (only === undefined || gateways.includes(new URL(target.url).origin)) return target
  if (others.length === 0)
    return { kind: 'url', url: only, source: 'the pairing of this machine', secret: undefined }
  throw new CommandError('This machine is paired with several gateways.', {
    next: gateways.map((url) => `For this one: --url ${url}`),
  })
}
