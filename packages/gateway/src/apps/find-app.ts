import { parseWebOrigin, type WebOrigin } from '@pairgate/protocol'
import type { AppConfig } from '../config/upstream-config.ts'
import { parseHost } from '../http/host-header.ts'
import { type HostRule, isAllowedHost } from '../http/host-rule.ts'
import { liesBelow, type Routes } from '../proxy/find-upstream.ts'
import { carriesOurSecret, judgeTarget, type Target } from '../proxy/judge-target.ts'

/** Where a browser wants to go, behind this gateway. */
export interface FoundApp {
  readonly upstream: AppConfig
  readonly origin: WebOrigin
  readonly target: Target
  /** Origin and target as one text, in its one spelling. */
  readonly address: string
}

/** The app at a whole address, or `undefined` when it is none of ours or not spelled as browsers are sent there. */
export type FindApp = (address: string) => FoundApp | undefined

export interface FindAppDeps {
  readonly routes: Pick<Routes<AppConfig>, 'of' | 'ownsHost'>
  readonly rules: { readonly hostRule: HostRule }
}

const ADDRESS = /^(https?:\/\/([^/?#@\\\s]+))(\/.*)$/

/**
 * Finds the app at an address, which must be spelled out: no other scheme, no user, nothing that a parser of
 * URLs would mend. What a browser makes of anything else is not known here, so it is not sent there.
 */
export function createFindApp({ routes, rules }: FindAppDeps): FindApp {
  return (address) => {
    const [, start = '', host = '', rest = ''] = ADDRESS.exec(address) ?? []
    const origin = parseWebOrigin(start)
    const name = parseHost(host)
    const target = judgeTarget(rest)
    if (!origin || !name || !target || carriesOurSecret(rest)) return undefined
    if (!routes.ownsHost(host) && !isAllowedHost(name, rules.hostRule)) return undefined
    const upstream = routes.of(host, 'upstreams').find((each) => liesBelow(each, target.segments))
    if (!upstream || upstream.auth === 'public' || target.segments[0] === '__pairgate__') return undefined
    return { upstream, origin, target, address }
  }
}
