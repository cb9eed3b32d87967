/** Why a row of another gateway's state is not taken over; everything else of that state may be. */
export const SKIP_REASONS = {
  unreadable: 'its row cannot be read',
  'bad-id': 'its id is not 64 hex digits',
  'bad-key': 'its key is no Ed25519 key of 32 bytes',
  'id-mismatch': 'its id is not the hash of its key',
  'no-token': 'it has no token',
  'unknown-role': 'there is no such role here',
  'role-not-approved': 'the role was not approved there',
  'bad-token': 'its token does not look like one',
  'unknown-field': 'its token holds a field that this version does not know',
  'bound-token': 'its token was good only while the shared secret stayed the same there',
  'page-token': 'it is a page of OpenClaw, which is not served here: open this gateway in the browser',
} as const

export type SkipReason = keyof typeof SKIP_REASONS

/** A row, or one role of it, that is left behind. Words of a stranger: tame them where they are shown. */
export interface Skipped {
  readonly deviceId: string
  readonly role: string | undefined
  readonly reason: SkipReason
}
