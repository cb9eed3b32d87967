import { authorize, type Principal, type Refusal } from '@pairgate/core'
import { coversScopes } from '@pairgate/protocol'
import {
  CLOSES,
  describeFindings,
  FOREIGN_NODE_METHODS,
  frameId,
  LIMITS,
  METHODS,
  type MethodName,
  parseMethod,
  RequestFrame,
  readFrame,
} from '@pairgate/protocol/wire'
import { Compile, type Validator } from 'typebox/compile'
import type { AnsweredRequest } from '../observe/observer.ts'
import { type Connection, closeOfEnd, hasExpired } from './connection.ts'
import { createServeCall, refuse, type ServeCallDeps } from './serve-call.ts'

const requestFrame = Compile(RequestFrame)

export interface DispatchDeps extends ServeCallDeps {
  /** Told of every request that passed authorization. */
  readonly onServed: (connection: Connection, method: MethodName) => void
  /** How long a request that comes now has to wait, in milliseconds; 0 when it is taken. */
  readonly pace: (connection: Connection, now: number) => number
}

export interface Dispatch {
  /** Takes one frame of a connection after its hello. Never throws. */
  (connection: Connection, text: string): void
  /** Resolves when no request is being worked on. */
  idle(): Promise<void>
}

/**
 * Every request passes here, in one order: the gate, the frame, the method's row, role and scope, the
 * params, the handler. The gate is asked first and again when the answer leaves.
 */
export function createDispatch(deps: DispatchDeps): Dispatch {
  const { clock, onServed, onAnswered, pace } = deps
  const serve = createServeCall(deps)
  const validatorOf = createValidators()
  const strike = createStrikes()
  const inFlight = new Set<Promise<void>>()

  function deny(connection: Connection, request: AnsweredRequest, refusal: Refusal): void {
    refuse(connection, request.id, refusal)
    onAnswered(connection, request, refusal.reason, 0)
    if (refusal.reason === 'role-unauthorized') strike(connection)
  }

  function invalid(connection: Connection, request: AnsweredRequest, message: string): void {
    connection.fail(request.id, { code: 'INVALID_REQUEST', message })
    onAnswered(connection, request, 'invalid', 0)
  }

  function take(connection: Connection, frame: RequestFrame): void {
    const { id, method: name, params = {}, traceparent } = frame
    const unknown = { id, method: UNKNOWN, traceparent }
    if (name === 'connect') return invalid(connection, unknown, 'connect is only valid as the first request')
    const method = parseMethod(name, connection)
    if (!method) return deny(connection, unknown, unknownMethod(connection.principal, name))
    const allowed = authorize(connection.principal, METHODS[method])
    if (!allowed.ok) return deny(connection, { id, method, traceparent }, allowed.refusal)
    const checked = params ?? {}
    const validator = validatorOf(method)
    if (!validator.Check(checked)) {
      return invalid(
        connection,
        { id, method, traceparent },
        `invalid ${method} params: ${describeFindings(validator.Errors(checked))}`,
      )
    }
    onServed(connection, method)
    const work = serve(connection, { id, method, params: checked, traceparent }).finally(() =>
      inFlight.delete(work),
    )
    inFlight.add(work)
  }

  function dispatch(connection: Connection, text: string): void {
    if (!connection.isOpen) return
    const now = clock.now()
    if (hasExpired(connection, now)) return connection.shut(false, closeOfEnd(connection))
    // Paid for before it is looked at: frames that are no requests cost as much.
    const retryAfterMs = pace(connection, now)
    const received = readFrame(text)
    if (!received.json) return
    const frame = received.value
    if (retryAfterMs > 0)
      return deny(
        connection,
        { id: frameId(frame), method: UNKNOWN },
        { reason: 'too-many-requests', retryAfterMs },
      )
    if (requestFrame.Check(frame)) return take(connection, frame)
    const findings = describeFindings(requestFrame.Errors(frame))
    invalid(connection, { id: frameId(frame), method: UNKNOWN }, `invalid request frame: ${findings}`)
  }
  return Object.assign(dispatch, {
    async idle() {
      while (inFlight.size > 0) await Promise.all(inFlight)
    },
  })
}

/** How metrics and logs call what names no method of ours: peers must not make rows there. */
const UNKNOWN = 'unknown'

/** Compiled at the first call: a gateway that starts should not pay for methods that nobody calls. */
function createValidators(): (method: MethodName) => Validator {
  const compiled = new Map<MethodName, Validator>()
  return (method) => {
    const validator = compiled.get(method) ?? Compile(METHODS[method].params)
    compiled.set(method, validator)
    return validator
  }
}

/** Counts calls of a wrong role; a connection that goes on is closed (protocol fact 3). */
function createStrikes(): (connection: Connection) => void {
  const strikes = new WeakMap<Connection, number>()
  return (connection) => {
    const count = (strikes.get(connection) ?? 0) + 1
    strikes.set(connection, count)
    if (count > LIMITS.unauthorizedRoleReplies) connection.leave(CLOSES['repeated-unauthorized'])
  }
}

/** What is not in the table is refused; who is no admin does not learn what exists (protocol fact 12). */
function unknownMethod(principal: Principal, method: string): Refusal {
  if (principal.role !== 'operator') {
    if (FOREIGN_NODE_METHODS.has(method)) return { reason: 'method-unknown', method }
    return { reason: 'role-unauthorized', role: principal.role }
  }
  const admin = coversScopes(principal.scopes, ['operator.admin'])
  return admin ? { reason: 'method-unknown', method } : { reason: 'scope-missing', scope: 'operator.admin' }
}
