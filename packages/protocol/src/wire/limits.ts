import { minutes, seconds } from '../instant.ts'

/** Numbers of the border that a client can meet (protocol facts 3 and 11, design section 10). */
export const LIMITS = {
  preAuthFrameBytes: 65_536,
  frameBytes: 26_214_400,
  /** Lists, objects and what is in them, of a frame that is larger than one before the hello may be. */
  frameValues: 100_000,
  bufferedBytes: 52_428_800,
  messageBytes: 65_536,
  handshakeMs: seconds(15),
  /** When more than half of the unauthenticated sockets are taken. */
  crowdedHandshakeMs: seconds(3),
  queuedBeforeHello: 15,
  tickIntervalMs: seconds(30),
  pingIntervalMs: seconds(25),
  unauthenticatedPerPeer: 32,
  unauthenticatedInAll: 1_024,
  unauthorizedRoleReplies: 10,
  signatureSkewMs: minutes(2),
  closeReasonBytes: 120,
  /** A peer that never answers a close is cut off after this. */
  closeGraceMs: 900,
} as const
