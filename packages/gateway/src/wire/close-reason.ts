import { LIMITS } from '@pairgate/protocol/wire'

/**
 * A close reason within 120 bytes of UTF-8. The text is cut, never the request id behind it: clients
 * that missed the response read the id from here (protocol fact 19).
 */
export function closeReason(text: string, requestId?: string): string {
  const tail = requestId === undefined ? '' : ` (requestId: ${requestId})`
  return cut(text, LIMITS.closeReasonBytes - Buffer.byteLength(tail)) + tail
}

function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  let kept = ''
  let used = 0
  for (const letter of text) {
    used += Buffer.byteLength(letter)
    if (used > bytes) break
    kept += letter
  }
  return kept
}
