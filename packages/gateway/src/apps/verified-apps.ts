import type { HttpAsk } from '@pairgate/core'
import type { AppConfig } from '../config/upstream-config.ts'
import { createRoutes, liesBelow } from '../proxy/find-upstream.ts'
import { judgeTarget } from '../proxy/judge-target.ts'

/** Apps about which a proxy asks, and to which it passes requests on itself. */
export interface VerifiedApps {
  readonly hosts: readonly string[]
  ownsHost(host: string | undefined): boolean
  /**
   * The app that is asked about; `nowhere` at the host of some where none lies, `undefined` at any other host.
   */
  find(asked: HttpAsk): AppConfig | 'nowhere' | undefined
}

const VERIFY = '/__pairgate__/verify'

/** @returns `undefined` where there are none. */
export function createVerifiedApps(apps: readonly AppConfig[]): VerifiedApps | undefined {
  if (apps.length === 0) return undefined
  const { hosts, ownsHost, of } = createRoutes(apps)
  return {
    hosts,
    ownsHost,
    find({ origin, target }) {
      const host = origin.replace(/^https?:\/\//, '')
      if (!ownsHost(host)) return undefined
      const candidates = of(host, 'gateway')
      const [only] = candidates
      // It has the host to itself, so it does not matter what a path means.
      if (only && candidates.length === 1 && only.segments.length === 0) return only
      const segments = judgeTarget(target)?.segments
      return (segments && candidates.find((each) => liesBelow(each, segments))) ?? 'nowhere'
    },
  }
}

/** Whether a target is the question of a proxy. */
export function isVerifyTarget(url: string | undefined): boolean {
  return url?.startsWith(VERIFY) === true && /^(?:$|[/?])/.test(url.slice(VERIFY.length))
}
