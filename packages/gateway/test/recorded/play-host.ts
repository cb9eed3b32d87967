import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GatewayOfTest } from '../harness/gateway-of-test.ts'
import type { HeldTime } from '../harness/hold-time.ts'
import type { Names } from './names.ts'
import type { Step } from './read-scenarios.ts'

/** What the steps that come over no connection of the scenario work on. */
interface Host {
  readonly gateway: GatewayOfTest
  readonly time: HeldTime | undefined
  readonly names: Names
  readonly lines: ReadonlyMap<string, { greeted: boolean }>
}

export function readParams(text: string, names: Names): unknown {
  return text === '' ? undefined : JSON.parse(names.fill(text))
}

export async function ofOwner({ verb, rest }: Step, { gateway, names }: Host): Promise<string> {
  const owner = await gateway.owner()
  await owner.request(verb, readParams(rest, names))
  await owner.end()
  return 'ok'
}

export async function ofGateway({ verb, rest }: Step, { gateway, time, lines }: Host): Promise<string> {
  if (verb === 'stop') {
    // Nobody is asked any more whether it is still served: all are about to be closed.
    for (const line of lines.values()) line.greeted = false
    void gateway.stop('gateway stopping')
  } else if (verb === 'wait') time?.advance(Number(rest) * 1_000)
  else await configure(gateway, rest)
  return 'ok'
}

/** Other settings while it runs; OpenClaw watches its file, here the owner says so. */
async function configure(gateway: GatewayOfTest, settings: string): Promise<void> {
  writeFileSync(join(gateway.stateDir, 'pairgate.json'), JSON.stringify({ gateway: JSON.parse(settings) }))
  const owner = await gateway.owner()
  await owner.call('config.reload')
  await owner.end()
}
