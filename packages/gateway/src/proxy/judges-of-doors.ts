import type { EntryRules } from '../http/entry-rules.ts'
import { createJudgeRequest, type JudgeRequest } from '../http/judge-request.ts'
import type { Door } from './find-upstream.ts'

/**
 * Judges what comes in for upstreams: at the port of the gateway only their hosts get here, at theirs the
 * gateway's own names count too.
 * @param isSecret what of a target has no place in one.
 */
export function judgesOf(
  rules: EntryRules,
  hosts: readonly string[],
  isSecret: (target: string) => boolean,
): Readonly<Record<Door, JudgeRequest>> {
  const own = new Set(hosts)
  const atGateway = { configured: own, machineNames: new Set<string>() }
  const judge = (hostRule: () => EntryRules['hostRule']) =>
    createJudgeRequest(
      {
        get hostRule() {
          return hostRule()
        },
        get trustedProxies() {
          return rules.trustedProxies
        },
      },
      isSecret,
    )
  return {
    gateway: judge(() => atGateway),
    upstreams: judge(createWider(rules, own)),
  }
}

/** The names of the gateway and those of its upstreams; put together again only when the settings changed. */
export function createWider(rules: EntryRules, own: ReadonlySet<string>): () => EntryRules['hostRule'] {
  let last = rules.hostRule
  let wider = { ...last, configured: new Set([...own, ...last.configured]) }
  return () => {
    if (rules.hostRule === last) return wider
    last = rules.hostRule
    wider = { ...last, configured: new Set([...own, ...last.configured]) }
    return wider
  }
}
