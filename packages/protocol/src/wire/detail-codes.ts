/**
 * Every `error.details.code` that this gateway sends, with what it means. Clients match on these;
 * `docs/protocol.md` is tested against this table.
 */
export const DETAIL_CODES = {
  PROTOCOL_MISMATCH: 'The client speaks another protocol version.',
  DEVICE_IDENTITY_REQUIRED: 'Nothing but a device key opens this.',
  DEVICE_AUTH_DEVICE_ID_MISMATCH: 'The device id is not the SHA-256 of the public key.',
  DEVICE_AUTH_SIGNATURE_EXPIRED: 'The clocks differ by more than two minutes, or the signature is old.',
  DEVICE_AUTH_NONCE_REQUIRED: 'The signed nonce is blank.',
  DEVICE_AUTH_NONCE_MISMATCH: "The signed nonce is not this connection's.",
  DEVICE_AUTH_SIGNATURE_INVALID: 'The signature does not fit the key and what was sent.',
  AUTH_TOKEN_MISSING: 'The gateway asks for its shared token.',
  AUTH_TOKEN_MISMATCH: 'The token in `auth.token` is not valid (any more).',
  AUTH_PASSWORD_MISSING: 'The gateway asks for its password.',
  AUTH_PASSWORD_MISMATCH: 'The password is wrong.',
  AUTH_DEVICE_TOKEN_MISMATCH: 'The device token is not valid (any more); `authReason` says why.',
  AUTH_SCOPE_MISMATCH: 'The device token does not hold all the scopes that were asked for.',
  AUTH_BOOTSTRAP_TOKEN_INVALID: 'The setup code is unknown, used or over.',
  AUTH_RATE_LIMITED: 'Too many wrong secrets came from this address, or from everybody together.',
  PAIRING_REQUIRED: 'An operator has to decide; `requestId` names the request.',
  CONTROL_UI_ORIGIN_NOT_ALLOWED: 'A browser page of a foreign origin may not connect.',
  MISSING_SCOPE: 'The session does not hold the scope that the method needs.',
  SESSION_BOUND: 'The token opens one session, and the method is about the whole gateway.',
  CURSOR_INVALID: 'The cursor is none, or of another sort or order; begin again without one.',
  SESSION_EXISTS: 'Another session has this key.',
  SESSION_IN_USE: 'Live tokens open the session; `tokens` says how many.',
  MESSAGE_TOO_BIG: 'A message has 65,536 bytes of UTF-8 at most.',
  IDEMPOTENCY_CONFLICT: 'This sender has sent another message under the same key.',
  REQUEST_EXPIRED: 'The pairing request was not decided in time.',
  REQUEST_DECIDED: 'The pairing request was decided before.',
  REQUEST_SUPERSEDED:
    'The pairing request made room for others; `supersededBy`, if there, names a newer one.',
  DIGEST_MISMATCH: 'What was shown is not what the request holds.',
  INVITATION_UNKNOWN: "There is no such invitation, or it is another operator's.",
  INVITATION_OVER: 'The invitation was redeemed or cancelled, or its time is over; `state` says which.',
  TOO_MANY_CODES: 'Three codes are active; cancel one or wait until one is over.',
  TOO_MANY_INVITATIONS: 'Too many invitations are open.',
  CANDIDATE_MISSING: 'Nobody stands under this invitation, or not the one that was named.',
  CANDIDATES_SEVERAL: 'Several devices stand under this invitation; name one by `requestId`.',
  CLAIM_OVER: 'The gateway has, or has had, an owner.',
  LAST_ADMIN: 'No other admin would be left; only the owner on the host may do this.',
  TOO_MANY_PENDING: 'Too many pairing requests are open.',
  TOO_MANY_ACCESS_TOKENS: 'The device holds as many access tokens as it may; they run out by themselves.',
  APP_UNKNOWN:
    'Nothing behind the gateway has this address, or it was not the gateway that led here from it.',
  TOO_MANY_TICKETS: 'Too many tickets wait to be used; they are over within half a minute.',
  TOO_MANY_REQUESTS: 'The connection sends more requests than it may; it stays open.',
} as const satisfies Record<string, string>

export type DetailCode = keyof typeof DETAIL_CODES
