/** What is wrong with the database, for the operator who has to repair it. */
export type StoreUnavailableReason = keyof typeof TEXTS

const TEXTS = {
  locked: 'the database is locked by another process',
  'read-only': 'the database cannot be written to',
  full: 'the disk under the database is full',
  corrupt: 'the database is damaged, or is no database',
  moved: 'the database file was moved away, replaced or deleted',
  newer: 'the database was made by a newer version',
  unreadable: 'the database file cannot be opened or read',
  address: 'the address of the database server cannot be used',
  unreachable: 'the database server cannot be reached',
  'not-ready': 'the database server is starting or stopping',
  refused: 'the database server refuses the user, the password, the database or what the user may do there',
  crowded: 'the database server takes no more connections',
  standby: 'the database server is a standby, which takes no writes',
  encoding: 'the database is not encoded in UTF8, so it cannot hold every text',
  'in-use': 'another gateway uses this database',
  lost: 'the connection to the database server was lost',
  slow: 'the database server did not answer in time',
} as const

/** The database, and not the question that it was asked, is at fault. `cause` is what the engine said. */
export class StoreUnavailable extends Error {
  readonly reason: StoreUnavailableReason

  constructor(reason: StoreUnavailableReason, cause: unknown) {
    super(TEXTS[reason], { cause })
    this.name = 'StoreUnavailable'
    this.reason = reason
  }
}
