/** Everything that can be wrong with a backup, and what to do about it. */
export const BACKUP_PROBLEMS = {
  'no-backup': {
    what: 'It is no backup of `openclaw backup create`.',
    advice: 'Name another file.',
  },
  cut: {
    what: 'It is a database, but the line that ends a backup is not there: it was cut off, changed, or never written.',
    advice: 'Copy the backup again from where it was kept, or take another one.',
  },
  newer: {
    what: 'A newer version made it.',
    advice: 'Use that version, or a later one.',
  },
  changed: {
    what: 'It was changed or damaged after it was made.',
    advice: 'Copy the backup again from where it was kept, or take another one.',
  },
  'other-key': {
    what: 'It was sealed with another key: it is of another gateway, or secrets/events.key (or PAIRGATE_EVENTS_KEY) is not the one from then.',
    advice: 'Put the key of that gateway back from where the keys are kept.',
  },
  damaged: {
    what: 'The database in it is damaged, and was so before the backup was made.',
    advice: 'Take an older backup.',
  },
  'token-key': {
    what: 'secrets/token.key (or PAIRGATE_TOKEN_KEY) does not belong to it: with that key no paired device could be let in.',
    advice: 'Put the key of that gateway back from where the keys are kept.',
  },
  log: {
    what: 'Its event log does not verify.',
    advice: 'Compare with an older backup: openclaw backup verify <file>',
  },
} as const satisfies Readonly<Record<string, { readonly what: string; readonly advice: string }>>

export type BackupProblem = keyof typeof BACKUP_PROBLEMS
