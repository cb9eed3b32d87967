import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { WireClient, WireError, WireEvent, WireFrame, WireResponse } from '../harness/wire-client.ts'
import {
  ERROR_CODE,
  ERROR_DETAILS,
  EVENT_FRAME,
  EVENT_PAYLOADS,
  RESPONSE_FRAME,
  RESULT_PAYLOADS,
} from './frame-schemas.ts'

/** What was met on the way, so that a test can tell what it never tried. */
export interface Met {
  readonly frames: number
  readonly events: ReadonlySet<string>
  /** Methods that were answered with a result. */
  readonly results: ReadonlySet<string>
  /** Methods that were answered with an error. */
  readonly errors: ReadonlySet<string>
  readonly detailCodes: ReadonlySet<string>
}

/** Holds frames against what OpenClaw's clients know. */
export interface FrameJudge {
  /** Judges everything that a client received; one sentence for each breach. */
  judge(client: WireClient): string[]
  readonly met: Met
}

export function createFrameJudge(): FrameJudge {
  const met = {
    frames: 0,
    events: new Set<string>(),
    results: new Set<string>(),
    errors: new Set<string>(),
    detailCodes: new Set<string>(),
  }

  function judgeEvent(frame: WireEvent): string[] {
    met.events.add(frame.event)
    const schema = EVENT_PAYLOADS[frame.event]
    if (!schema) return [`the event ${frame.event} is in no list`]
    return [...holds(EVENT_FRAME, frame, 'the frame'), ...holds(schema, frame.payload, 'the payload')]
  }
  function judgeError(error: WireError): string[] {
    const code = error.details?.['code']
    if (error.details === undefined) return holds(ERROR_CODE, error.code, 'error.code')
    const schema = typeof code === 'string' ? ERROR_DETAILS[code] : undefined
    if (!schema) return [`the details have no code that is in the list: ${JSON.stringify(error.details)}`]
    met.detailCodes.add(String(code))
    return [...holds(ERROR_CODE, error.code, 'error.code'), ...holds(schema, error.details, 'the details')]
  }
  function judgeResponse(frame: WireResponse, method: string | undefined): string[] {
    const shape = holds(RESPONSE_FRAME, frame, 'the frame')
    const parts = frame.ok ? ['type', 'id', 'ok', 'payload'] : ['type', 'id', 'ok', 'error']
    const exact = Object.keys(frame).every((key) => parts.includes(key)) && parts.every((key) => key in frame)
    if (!exact) shape.push(`a response with the parts ${Object.keys(frame).join(', ')}`)
    if (!frame.ok) {
      met.errors.add(method ?? 'invalid')
      return frame.error ? [...shape, ...judgeError(frame.error)] : shape
    }
    const schema = method === undefined ? undefined : RESULT_PAYLOADS[method]
    if (!schema) return [...shape, `a result of ${method}, which is in no list`]
    met.results.add(String(method))
    return [...shape, ...holds(schema, frame.payload, `the result of ${method}`)]
  }

  return {
    met,
    judge(client) {
      met.frames += client.received.length
      const methodOf = methodsById(client)
      const ofFrames = client.received.flatMap((frame) => {
        const faults = frame.type === 'event' ? judgeEvent(frame) : judgeResponse(frame, methodOf(frame.id))
        return faults.map((fault) => `${fault} in ${JSON.stringify(frame)}`)
      })
      return [...ofFrames, ...judgeOrder(client.received)]
    },
  }
}

/** The challenge comes first and once; broadcasts count from 1 without a gap and only after the hello. */
function judgeOrder(frames: readonly WireFrame[]): string[] {
  const [first, ...rest] = frames
  const faults: string[] = []
  if (first?.type !== 'event' || first.event !== 'connect.challenge')
    faults.push('the challenge is not first')
  let seq = 0
  let admitted = false
  for (const frame of rest) {
    if (frame.type === 'res') admitted ||= frame.ok
    else if (!admitted) faults.push(`the event ${frame.event} came before the hello`)
    else if (frame.seq !== ++seq) faults.push(`the event ${frame.event} has seq ${frame.seq}, not ${seq}`)
  }
  return faults
}

/** Which method a response answers; a frame without a usable id is answered under `invalid`. */
function methodsById(client: WireClient): (id: string) => string | undefined {
  const methods = new Map<string, string>()
  for (const frame of client.sent) {
    const { id, method } = Object(frame) as { readonly id?: unknown; readonly method?: unknown }
    if (typeof id === 'string' && typeof method === 'string') methods.set(id, method)
  }
  return (id) => methods.get(id)
}

const validators = new Map<TSchema, Validator>()

function holds(schema: TSchema, value: unknown, what: string): string[] {
  const validator = validators.get(schema) ?? Compile(schema)
  validators.set(schema, validator)
  return validator
    .Errors(value)
    .map(({ instancePath, message, params }) => `${what}${instancePath} ${message} ${JSON.stringify(params)}`)
}
