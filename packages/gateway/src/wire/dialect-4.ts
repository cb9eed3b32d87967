import { closeReason } from './close-reason.ts'
import type { Dialect } from './dialect.ts'
import { helloOk } from './hello.ts'
import { refusalToWire } from './refusal-to-wire.ts'

/** The newest protocol, in which this gateway thinks. */
export const DIALECT_4: Dialect = {
  protocol: 4,
  keepsScopesWithoutDevice: true,
  hello: helloOk,
  error: refusalToWire,
  closeReason,
  result: (_method, payload) => payload,
  knowsEvent: () => true,
}
