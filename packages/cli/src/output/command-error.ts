import { EXIT, type ExitCode } from '../exit-codes.ts'

/** What a program is told about a failure, on stdout with `--json` (cli fact 1). */
export type FailureShape =
  | { readonly type: 'cli_error'; readonly message: string }
  | {
      readonly type: 'gateway_transport_error'
      readonly kind: 'closed' | 'timeout'
      readonly message: string
      readonly reason?: string
      readonly timeoutMs?: number
    }
  | {
      readonly type: 'gateway_request_error'
      readonly code: string
      readonly message: string
      readonly details?: unknown
      readonly retryable: boolean
    }

export interface FailureParts {
  /** What to do next, or where to look; a line each. */
  readonly next?: readonly string[]
  readonly shape?: FailureShape
  /** Where the command was talking to. */
  readonly gateway?: { readonly url: string; readonly urlSource: string }
  /** Stdout stays empty although `--json` was given, as OpenClaw has it for a few answers. */
  readonly plainAlways?: boolean
  readonly exitCode?: ExitCode
  /** The same may succeed later, without anybody changing anything: the gateway is away, or busy. */
  readonly passing?: boolean
}

/** A failure that a person can act on: one sentence, then what to do. */
export class CommandError extends Error {
  readonly next: readonly string[]
  readonly shape: FailureShape
  readonly gateway: FailureParts['gateway']
  readonly plainAlways: boolean
  readonly exitCode: ExitCode
  readonly passing: boolean

  constructor(message: string, parts: FailureParts = {}) {
    super(message)
    this.name = 'CommandError'
    this.next = parts.next ?? []
    this.shape = parts.shape ?? { type: 'cli_error', message }
    this.gateway = parts.gateway
    this.plainAlways = parts.plainAlways ?? false
    this.exitCode = parts.exitCode ?? EXIT.failed
    this.passing = parts.passing ?? false
  }
}

/** Whether it is worth while to wait and try again. */
export function mayPass(error: unknown): boolean {
  return error instanceof CommandError && error.passing
}
