/** Where a browser goes with a ticket to get its cookie of an app. */
export interface AppTicketResult {
  /** At the app's own origin; to be gone to once, and written down nowhere. */
  readonly location: string
  readonly expiresAtMs: number
}
