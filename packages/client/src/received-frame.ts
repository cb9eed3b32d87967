import { type EventFrame, readFrame } from '@pairgate/protocol/wire'
import type { GatewayRefusal } from './client-error.ts'

export type Answer =
  | { readonly type: 'res'; readonly id: string; readonly ok: true; readonly payload: unknown }
  | { readonly type: 'res'; readonly id: string; readonly ok: false; readonly error: GatewayRefusal }

export type ReceivedFrame = Answer | EventFrame

/**
 * Reads one frame of the gateway (protocol fact 2, interop fact 1). Keys that we do not know are left
 * alone: a newer gateway may send them.
 * @returns `undefined` for anything that is neither a response nor an event.
 */
export function readReceivedFrame(text: string): ReceivedFrame | undefined {
  const received = readFrame(text)
  if (!received.json || !isRecord(received.value)) return undefined
  const frame = received.value
  if (frame['type'] === 'event') return readEvent(frame)
  return frame['type'] === 'res' ? readAnswer(frame) : undefined
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A non-negative integer, or `undefined`. */
export function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

function readEvent(frame: Readonly<Record<string, unknown>>): EventFrame | undefined {
  const { event, payload, seq } = frame
  if (typeof event !== 'string' || event === '') return undefined
  if (seq === undefined) return { type: 'event', event, payload }
  const count = readCount(seq)
  return count === undefined ? undefined : { type: 'event', event, payload, seq: count }
}

function readAnswer(frame: Readonly<Record<string, unknown>>): Answer | undefined {
  const { id, ok, payload } = frame
  if (typeof id !== 'string' || id === '') return undefined
  if (ok === true) return { type: 'res', id, ok, payload }
  const error = readRefusal(frame['error'])
  return ok === false && error ? { type: 'res', id, ok, error } : undefined
}

function readRefusal(value: unknown): GatewayRefusal | undefined {
  if (!isRecord(value)) return undefined
  const { code, message, details, retryable } = value
  if (typeof code !== 'string' || code === '') return undefined
  if (typeof message !== 'string' || message === '') return undefined
  const retryAfterMs = readCount(value['retryAfterMs'])
  return {
    code,
    message,
    ...(isRecord(details) && { details }),
    ...(typeof retryable === 'boolean' && { retryable }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}
