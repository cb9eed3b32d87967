/** The `error` of a response. `details.code` is what programs match on; `message` is for people. */
export interface ErrorShape {
  readonly code: ErrorCode
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly retryable?: boolean
  readonly retryAfterMs?: number
}
export type ErrorCode = 'NOT_PAIRED' | 'INVALID_REQUEST' | 'FORBIDDEN' | 'UNAVAILABLE'

export type ResponseFrame =
  | { readonly type: 'res'; readonly id: string; readonly ok: true; readonly payload: unknown }
  | { readonly type: 'res'; readonly id: string; readonly ok: false; readonly error: ErrorShape }

export interface EventFrame {
  readonly type: 'event'
  readonly event: string
  readonly payload?: unknown
  /** Counts the broadcasts of this connection from 1; targeted events carry none. */
  readonly seq?: number
}
