/**
 * What every answer of ours carries, whatever it says. In lower case, as the framework keeps them: it would
 * write each name anew for each answer.
 */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const
