/** Every close of ours: code and reason as OpenClaw's clients know them (protocol facts 3, 10, 15). */
export const CLOSES = {
  done: { code: 1000, reason: '' },
  'protocol-mismatch': { code: 1002, reason: 'protocol mismatch' },
  'invalid-handshake': { code: 1008, reason: 'invalid-handshake' },
  'invalid-request-frame': { code: 1008, reason: 'invalid request frame' },
  'too-many-handshake-frames': { code: 1008, reason: 'too many pending handshake frames' },
  'repeated-unauthorized': { code: 1008, reason: 'repeated unauthorized calls' },
  'slow-consumer': { code: 1008, reason: 'slow consumer' },
  'too-big': { code: 1009, reason: '' },
  'service-restart': { code: 1012, reason: 'service restart' },
  'try-again': { code: 1013, reason: 'try again later' },
  'device-removed': { code: 4001, reason: 'device removed' },
  'session-deleted': { code: 4001, reason: 'session deleted' },
  'token-expired': { code: 4001, reason: 'token expired' },
  'auth-changed': { code: 4001, reason: 'gateway auth changed' },
} as const satisfies Record<string, { readonly code: number; readonly reason: string }>

export type Close = (typeof CLOSES)[keyof typeof CLOSES]
