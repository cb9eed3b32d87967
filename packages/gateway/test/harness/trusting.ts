import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GatewayOfTest } from './gateway-of-test.ts'

/** The same gateway for clients that trust its own certificate. */
export function trusting(gateway: GatewayOfTest): GatewayOfTest {
  const ca = readFileSync(join(gateway.stateDir, 'secrets', 'tls.crt'), 'utf8')
  return Object.create(gateway, { open: { value: (open: object) => gateway.open({ ca, ...open }) } })
}
