import type { OutgoingRequest } from '../transport/outgoing-request.ts'
import { unreachable } from '../transport/unreachable.ts'
import { cannotPin } from './cannot-pin.ts'

/**
 * By the browser's own `fetch`. A pin cannot be checked from here, so a request that needs one is refused,
 * unless it goes where the page came from: over the same TLS, by the browser's judgement or its user's, came
 * the code that holds the token.
 */
export async function sendFromPage({ request, tlsPin }: OutgoingRequest): Promise<Response> {
  const { origin } = new URL(request.url)
  if (tlsPin !== undefined && globalThis.location?.origin !== origin) throw cannotPin()
  try {
    return await fetch(request)
  } catch {
    request.signal.throwIfAborted()
    throw unreachable(origin)
  }
}
