/** What the settings say of approvals and of tokens. May change at any time, so it is read when it is needed. */
export interface PairingPolicy {
  /** Where an approval without a session leads: `own` makes one, else the key of a session. */
  readonly defaultSession: string
  /** How long a token is good for that is granted without a deadline; `undefined`: for ever. */
  readonly tokenTtlMs: number | undefined
  /** How long a token may lie unused before it has run out; `undefined`: for ever. */
  readonly idleTtlMs: number | undefined
}
