import {
  type Attributes,
  type HrTime,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import type { Clock } from '@pairgate/core'
import { VERSION } from '../version.ts'
import type { Observer } from './observer.ts'
import { peerText } from './peer-text.ts'

const SYSTEM = 'openclaw'
/** Outcomes that are the gateway's fault; every other refusal is an answer like any other. */
const FAULTS: ReadonlySet<string> = new Set(['failed', 'database-away', 'gateway-busy'])

interface Call {
  readonly method: string
  readonly outcome: string
  readonly ms: number
  readonly connId: string
  readonly id: string | undefined
  readonly role: string | undefined
  readonly traceparent: string | undefined
}

/**
 * One span for each request and each handshake, by the semantic conventions for RPC. It is made when the
 * answer has left, with the times of before: nothing that an SDK does can hold an answer up.
 */
export function createTraces(clock: Pick<Clock, 'wall'>): Observer {
  const tracer = trace.getTracer('pairgate', VERSION)

  function record({ method, outcome, ms, traceparent, ...said }: Call): void {
    const end = clock.wall()
    const isKnown = method !== 'unknown'
    const span = tracer.startSpan(
      isKnown ? method : SYSTEM,
      {
        kind: SpanKind.SERVER,
        startTime: hrTime(end - ms),
        attributes: {
          'rpc.system.name': SYSTEM,
          'rpc.method': isKnown ? method : '_OTHER',
          'rpc.response.status_code': outcome,
          ...saidAttributes(said),
        },
      },
      // Its format is for the propagator to judge: what it cannot read it leaves out.
      traceparent === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent }),
    )
    if (FAULTS.has(outcome))
      span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', outcome)
    span.end(hrTime(end))
  }

  return {
    handshake({ outcome, ms, peer, id, role, traceparent }) {
      if (ms === undefined) return
      const isIn = outcome === 'accepted'
      record({
        method: 'connect',
        outcome,
        ms,
        connId: peer.connId,
        id,
        role: isIn ? role : undefined,
        // A stranger must not decide what is sampled.
        traceparent: isIn ? traceparent : undefined,
      })
    },
    request({ principal: { connId, role } }, { id, method, traceparent }, outcome, ms) {
      record({ method, outcome, ms, connId, id, role, traceparent })
    },
  }
}

function saidAttributes({ connId, id, role }: Pick<Call, 'connId' | 'id' | 'role'>): Attributes {
  return {
    'pairgate.connection.id': connId,
    ...(id === undefined ? {} : { 'pairgate.request.id': peerText(id) }),
    ...(role === undefined ? {} : { 'pairgate.role': role }),
  }
}

/** Seconds and nanoseconds since 1970. As one number a time of before the start would be taken for another clock's. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000)
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000_000)]
}
