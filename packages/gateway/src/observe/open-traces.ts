import type { Clock } from '@pairgate/core'
import type { Log } from '../platform/log.ts'
import type { Observer } from './observer.ts'

/** Where a copy of OpenTelemetry's API, also one of another program, keeps what was registered with it. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1')
/** Ours: the API gives nothing to a copy that is newer than the one that registered. */
const OLDEST = 3

export interface TracesDeps {
  readonly clock: Pick<Clock, 'wall'>
  readonly log: Log
}

/**
 * Spans, if an OpenTelemetry SDK was loaded before the gateway (`node --import`). Without one nothing of it
 * is loaded here: a gateway that is not traced must not pay for traces.
 */
export async function openTraces({ clock, log }: TracesDeps): Promise<Observer | undefined> {
  const version = registeredVersion()
  if (version === undefined) return undefined
  const minor = Number(/^1\.(\d+)\./.exec(version)?.[1] ?? 0)
  if (minor < OLDEST) {
    log.warn({ version, needed: `1.${OLDEST}.0` }, 'no traces: the API of OpenTelemetry is too old')
    return undefined
  }
  const { createTraces } = await import('./traces.ts')
  return createTraces(clock)
}

/** Of the API with which an SDK for traces has registered itself. */
function registeredVersion(): string | undefined {
  const api: unknown = Reflect.get(globalThis, REGISTERED)
  if (typeof api !== 'object' || api === null || !('trace' in api) || !('version' in api)) return undefined
  return String(api.version)
}
