import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConfigReload } from '@pairgate/protocol/wire'
import type { GatewayOfTest } from '../harness/gateway-of-test.ts'

/** Limits that no test meets by accident; see `openGateway`. */
const ROOM = { failuresPerPeer: 100_000, failuresInAll: 1_000_000, pendingPerPeer: 100_000 }

/** Writes the file and says nothing. What is not `logging` goes below `gateway`. */
export function rewriteConfig(gateway: GatewayOfTest, settings: Readonly<Record<string, unknown>>): void {
  const { logging, ...below } = settings
  const limits = { ...ROOM, ...(settings['limits'] as object | undefined) }
  writeConfigText(gateway, JSON.stringify({ logging, gateway: { ...below, limits } }))
}

export function writeConfigText(gateway: GatewayOfTest, text: string): void {
  writeFileSync(join(gateway.stateDir, 'pairgate.json'), text, { mode: 0o600 })
}

/** Writes the file and lets the owner tell the gateway. */
export async function changeConfig(
  gateway: GatewayOfTest,
  settings: Readonly<Record<string, unknown>>,
): Promise<ConfigReload> {
  rewriteConfig(gateway, settings)
  return reload(gateway)
}

export async function reload(gateway: GatewayOfTest): Promise<ConfigReload> {
  const owner = await gateway.owner()
  const report = await owner.call<ConfigReload>('config.reload')
  await owner.end()
  return report
}
