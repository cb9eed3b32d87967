/** Why the browser is not let in any more; the catalogue has a title and an advice for each. */
export const OUTS = [
  'revoked',
  'removed',
  'replaced',
  'expired',
  'lost',
  'clock',
  'origin',
  'storage',
  'unsupported',
  'unknown',
] as const
export type Out = (typeof OUTS)[number]
