import type { Admission, Refusal } from '@pairgate/core'
import type { ErrorShape, EventName, MethodName, ProtocolVersion } from '@pairgate/protocol/wire'
import type { HelloFacts } from './hello.ts'
import type { WireContext } from './refusal-to-wire.ts'

/**
 * Everything in which the protocols differ. A connection gets its own when the range of its connect is
 * read, and keeps it; nobody else asks which protocol it is. Rules do not differ: what is stricter here
 * than in OpenClaw is so in every protocol.
 */
export interface Dialect {
  readonly protocol: ProtocolVersion
  /** Whether the command line and a backend on this machine keep scopes without a device. */
  readonly keepsScopesWithoutDevice: boolean
  /** The payload of the answer to an accepted connect. */
  hello(admission: Admission, facts: HelloFacts): object
  error(refusal: Refusal, context: WireContext): ErrorShape
  /** Why a refused connect is closed; the id where clients read it from here. */
  closeReason(message: string, requestId: string | undefined): string
  /** What a call came to; `payload` is in the newest protocol's words. */
  result(method: MethodName, payload: unknown): unknown
  knowsEvent(event: EventName): boolean
}
