import { LIMITS } from '@pairgate/protocol/wire'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const LIST = 0x5b
const OBJECT = 0x7b

/**
 * Whether a frame holds more values than anybody has to say. To parse millions of them, one in the other, takes
 * seconds in which nobody else is served and no revocation takes effect; to count them takes far less.
 */
export function holdsTooMuch(text: string): boolean {
  // Small enough for a stranger.
  if (text.length <= LIMITS.preAuthFrameBytes) return false
  let count = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at)
    if (letter === QUOTE) isQuoted = !isQuoted
    else if (isQuoted) at += letter === BACKSLASH ? 1 : 0
    else if (letter === COMMA || letter === LIST || letter === OBJECT) count += 1
    if (count > LIMITS.frameValues) return true
  }
  return false
}
