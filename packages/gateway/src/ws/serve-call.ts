import type { Clock, Refusal, Result } from '@pairgate/core'
import type { MethodName } from '@pairgate/protocol/wire'
import type { FaultLog } from '../observe/fault-log.ts'
import type { Observer } from '../observe/observer.ts'
import { peerText } from '../observe/peer-text.ts'
import { isDatabaseAway } from '../state/watch-database.ts'
import type { Connection } from './connection.ts'
import { faultRefusal } from './fault-refusal.ts'
import { ENDS_OWN_CONNECTION, type MethodHandlers } from './methods/method-handlers.ts'

export interface ServeCallDeps {
  readonly handlers: MethodHandlers
  readonly clock: Clock
  readonly faults: FaultLog
  /** Told of every request that was answered. */
  readonly onAnswered: Observer['request']
}

/** A request that passed every check, with params of its method's shape. */
export interface Call {
  readonly id: string
  readonly method: MethodName
  readonly params: unknown
  readonly traceparent: string | undefined
}

type AnyHandler = (connection: Connection, params: unknown) => Promise<Result<unknown>>

/** Runs the handler of a call and sends what it answers. Never rejects. */
export function createServeCall({ handlers, clock, faults, onAnswered }: ServeCallDeps) {
  return async (connection: Connection, call: Call): Promise<void> => {
    const { id, method, params } = call
    const isLastWord = ENDS_OWN_CONNECTION.has(method)
    const over = isLastWord ? connection.oweLastWord() : undefined
    const began = clock.ticks()
    let outcome = 'failed'
    try {
      // The one place where the table's schemas and the handlers' types meet: the params have just been checked.
      const handler = handlers[method] as AnyHandler
      const result = await handler(connection, params)
      outcome = result.ok ? 'ok' : result.refusal.reason
      if (result.ok) connection.succeed(id, connection.dialect.result(method, result.value), isLastWord)
      else refuse(connection, id, result.refusal)
    } catch (error) {
      if (isDatabaseAway(error)) outcome = 'database-away'
      const { connId } = connection.principal
      faults.note(`request failed: ${method}`, error, { connId, id: peerText(id), method })
      refuse(connection, id, faultRefusal(error))
    } finally {
      onAnswered(connection, call, outcome, clock.ticks() - began)
      over?.()
    }
  }
}

/** Says no, in the words of the connection's protocol. */
export function refuse(connection: Connection, id: string, refusal: Refusal): void {
  connection.fail(id, connection.dialect.error(refusal, connection.context))
}
