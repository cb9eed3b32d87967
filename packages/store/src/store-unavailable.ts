/** What is wrong with the database, for the operator who has to repair it. */
export type StoreUnavailableReason = 'locked' | 'read-only' | 'full' | 'corrupt' | 'unreadable'

const TEXTS: Readonly<Record<StoreUnavailableReason, string>> = {
  locked: 'the database is locked by another process',
  'read-only': 'the database cannot be written to',
  full: 'the disk under the database is full',
  corrupt: 'the database file is damaged, or is no database',
  unreadable: 'the database file cannot be opened or read',
}

/** The database, and not the question that it was asked, is at fault. `cause` is what the engine said. */
export class StoreUnavailable extends Error {
  readonly reason: StoreUnavailableReason

  constructor(reason: StoreUnavailableReason, cause: unknown) {
    super(TEXTS[reason], { cause })
    this.name = 'StoreUnavailable'
    this.reason = reason
  }
}
