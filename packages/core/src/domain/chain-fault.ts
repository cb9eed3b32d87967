/** Everything that can be wrong with the event log, and what to do about it. */
export const CHAIN_FAULTS = {
  changed: {
    what: 'was changed after it was written, or sealed with another key',
    advice:
      'Check that secrets/events.key (or PAIRGATE_EVENTS_KEY) is the one that this log was written with. If it is, compare with a backup what was changed.',
  },
  removed: {
    what: 'is gone, and later events are there',
    advice: 'Look it up in a backup, or in what was exported before.',
  },
  inserted: {
    what: 'was not written by this gateway',
    advice: 'Do not believe what it says, and look for what was changed beside it.',
  },
  'tail-cut': {
    what: 'is gone, with everything after it, but devices or tokens know of decisions behind the end of the log',
    advice: 'Look the lost events up in the log files of the gateway, in an export or in a backup.',
  },
  'details-changed': {
    what: 'has other details than it was written with',
    advice: 'Do not believe its names, scopes and addresses. The event itself is as it was written.',
  },
  'rolled-back': {
    what: 'is not there: the database is an older copy than the head that was noted outside of it',
    advice:
      'Put the newest copy of the database in its place. What was revoked since then is valid in this one.',
  },
} as const satisfies Readonly<Record<string, { readonly what: string; readonly advice: string }>>

export type ChainFault = keyof typeof CHAIN_FAULTS

/** A fault and the number at which it was found. */
export interface FoundFault {
  readonly seq: number
  readonly fault: ChainFault
}
