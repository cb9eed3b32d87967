import type { UpstreamConfig } from '../config/upstream-config.ts'
import type { Log } from '../platform/log.ts'
import { isUntrusted } from './upstream-failure.ts'

/** Keeps in mind which upstreams answer: the log has a line when one goes away, and one when it is back. */
export function createOutcomeLog(log: Log): (upstream: UpstreamConfig, outcome: number | string) => void {
  const away = new Set<UpstreamConfig>()
  return (upstream, outcome) => {
    const fields = { upstream: upstream.target.name }
    if (typeof outcome === 'number') {
      if (away.delete(upstream)) log.info(fields, 'an upstream answers again')
      return
    }
    if (!away.has(upstream)) log.warn({ ...fields, code: outcome }, whatFailed(outcome))
    away.add(upstream)
  }
}

function whatFailed(code: string): string {
  return isUntrusted(code) ? 'the certificate of an upstream is not accepted' : 'an upstream does not answer'
}
