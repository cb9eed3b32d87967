import type { Instant } from '@pairgate/protocol'
import { checkExposure, exposureWarnings, resolveBind } from '../config/bind-address.ts'
import { ConfigError } from '../config/config-error.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { addressList, parseIp } from '../http/ip-address.ts'
import { thisMachine } from '../platform/machine.ts'
import { type Finding, findingOf } from './finding.ts'

type Exposed = Pick<
  GatewayConfig,
  'allowPlaintext' | 'auth' | 'bind' | 'controlUi' | 'customBindHost' | 'tls' | 'trustedProxies'
>

/** Addresses of strangers; a range that holds one of them holds more than proxies. */
const STRANGERS = ['1.1.1.1', '203.0.113.7', '2606:4700::1111']
const SHORTEST_SECRET = 20

/** Who can reach a gateway with these settings, and whom it believes. */
export function judgeExposure(config: Exposed, nowMs: number): readonly Finding[] {
  const check = 'exposure'
  try {
    const bind = resolveBind(config, thisMachine())
    const refusal = checkExposure(config, bind)
    const found = [
      ...(refusal ? [findingOf(check, 'fail', refusal.message)] : []),
      ...exposureWarnings(config, bind, nowMs as Instant).map((text) => findingOf(check, 'warn', text)),
      ...judgeProxies(config),
      ...judgeOrigins(config),
    ]
    if (found.length > 0) return found
    const where = bind.isLoopback
      ? 'this machine only'
      : `${bind.hosts.join(', ')}, with TLS or behind a proxy`
    return [{ check, level: 'ok', what: `Listens on ${where}; mode ${config.auth.mode}.` }]
  } catch (error) {
    if (error instanceof ConfigError) return [findingOf(check, 'fail', error.message)]
    throw error
  }
}

function judgeProxies({ trustedProxies }: Exposed): readonly Finding[] {
  return trustedProxies
    .filter((entry) => {
      const list = addressList([entry])
      return STRANGERS.some((text) => {
        const address = parseIp(text)
        return address !== undefined && list.includes(address)
      })
    })
    .map((entry) => ({
      check: 'exposure',
      level: 'warn',
      what: `gateway.trustedProxies holds ${entry}: whoever has such an address may say where others come from.`,
      advice: "openclaw config set gateway.trustedProxies <your proxy's address>",
    }))
}

function judgeOrigins({ controlUi }: Exposed): readonly Finding[] {
  return controlUi.allowedOrigins
    .filter((origin) => /^http:\/\/(?!localhost\b|127\.|\[::1\])/.test(origin))
    .map((origin) => ({
      check: 'exposure',
      level: 'warn',
      what: `gateway.controlUi.allowedOrigins holds ${origin}: whoever is on the way can change what its pages do.`,
      advice: `Serve it over https, and list https://${origin.slice('http://'.length)} instead.`,
    }))
}

/** A secret that a person made up can be guessed, however slowly. */
export function isShortSecret(secret: string): boolean {
  return secret.length < SHORTEST_SECRET
}
