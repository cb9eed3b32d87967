/**
 * How a method or an event speaks of sessions, for callers that are bound to one of them. Every row of the
 * two tables says it.
 *
 * - `none`: tells nothing of any session.
 * - `every`: is about the whole gateway, and refused to whoever does not hold every session.
 * - `filtered`: is cut to what the caller's session may see.
 * - `target`: names a device, a request or the like; what lies outside of the caller's session answers as
 *   if it did not exist.
 * - `param`: names a session in this parameter; left out, it means the caller's own.
 */
export type SessionReach =
  | 'none'
  | 'every'
  | 'filtered'
  | 'target'
  | { readonly param: 'sessionKey' | 'key' | 'session' }
