import type { Generated, Selectable } from 'kysely'

/**
 * The tables as both engines return them. Times are milliseconds since the epoch, lists and details
 * are JSON text; what a column means is said at the domain record that `rows.ts` makes of it.
 */
export interface Tables {
  readonly devices: DeviceTable
  readonly tokens: TokenRow
  readonly access_tokens: AccessTokenRow
  readonly app_tickets: AppTicketRow
  readonly pairing_requests: RequestRow
  readonly invitations: InvitationRow
  readonly sessions: SessionRow
  readonly events: EventRow
  readonly event_details: EventDetailsRow
  readonly meta: MetaRow
  readonly limits: LimitRow
  readonly feed: FeedTableRow
  readonly guests: GuestRow
  readonly removed_devices: RemovedDeviceRow
  readonly messages: MessageRow
}

export type DeviceRow = Selectable<DeviceTable>

export interface DeviceTable {
  readonly id: string
  readonly public_key: string
  readonly display_name: string | null
  readonly operator_label: string | null
  readonly platform: string | null
  readonly device_family: string | null
  readonly client_id: string | null
  readonly client_mode: string | null
  readonly roles: string
  readonly scopes: string
  readonly paired_at: number
  readonly approved_at: number
  readonly approved_by: string
  readonly approved_via: string
  readonly last_seen_at: number | null
  readonly last_seen_ip: string | null
  readonly origin_signed_at: number | null
  readonly name_key: string
  /** Of its standing tokens; written by `noteEnds` alone. */
  readonly first_end: Generated<number>
  readonly last_end: Generated<number>
}

export interface TokenRow {
  readonly device_id: string
  readonly role: string
  readonly token_id: string
  readonly token_hash: string
  readonly key_id: string
  readonly presented_at: number | null
  readonly delivered_at: number | null
  readonly previous_token_id: string | null
  readonly previous_hash: string | null
  readonly scopes: string
  readonly session_id: string
  readonly created_at: number
  readonly rotated_at: number | null
  readonly expires_at: number | null
  readonly lifetime_ms: number | null
  readonly renewed_at: number | null
  readonly revoked_at: number | null
  readonly revoked_by: string | null
  readonly last_used_at: number | null
}

export interface AccessTokenRow {
  readonly hash: string
  readonly device_id: string
  readonly role: string
  readonly parent_id: string
  readonly session_id: string
  readonly scopes: string
  readonly audience: string | null
  readonly created_at: number
  readonly expires_at: number
  readonly route: string | null
}

export interface AppTicketRow {
  readonly hash: string
  readonly state_hash: string
  readonly return_hash: string
  readonly route: string
  readonly device_id: string
  readonly role: string
  readonly parent_id: string
  readonly session_id: string
  readonly scopes: string
  readonly created_at: number
  readonly expires_at: number
}

export interface RequestRow {
  readonly id: string
  readonly device_id: string
  readonly public_key: string
  readonly role: string
  readonly scopes: string
  readonly why: string
  readonly display_name: string | null
  readonly platform: string | null
  readonly device_family: string | null
  readonly client_id: string | null
  readonly client_mode: string | null
  readonly remote_ip: string | null
  readonly prefix: string
  readonly digest: string
  readonly state: string
  readonly created_at: number
  readonly refreshed_at: number
  readonly expires_at: number
  readonly decided_at: number | null
  readonly decided_by: string | null
  readonly superseded_by: string | null
  readonly invitation_id: string | null
}

export interface InvitationRow {
  readonly id: string
  readonly secret_hash: string
  readonly code_mac: string | null
  readonly code_expires_at: number | null
  readonly roles: string
  readonly scopes: string
  readonly session: string | null
  readonly token_ttl_ms: number | null
  readonly label: string | null
  readonly confirm: number
  readonly claim: number
  readonly joins: number
  readonly created_by: string
  readonly creator_scopes: string
  readonly creator_mark: string | null
  readonly created_at: number
  readonly expires_at: number | null
  readonly redeemed_by: string | null
  readonly redeemed_at: number | null
  readonly cancelled_at: number | null
}

export interface SessionRow {
  readonly id: string
  readonly key: string
  readonly label: string | null
  readonly created_at: number
  readonly created_by: string
}

export interface EventRow {
  readonly seq: number
  readonly at: number
  readonly epoch: number
  readonly actor: string
  readonly via: string | null
  readonly kind: string
  readonly device_id: string | null
  readonly role: string | null
  readonly request_id: string | null
  readonly token_id: string | null
  readonly ends_connections: number | null
  readonly session_id: string | null
  readonly details_hash: string
  readonly prev: string
  readonly mac: string
}

export interface EventDetailsRow {
  readonly seq: number
  readonly salt: string
  readonly body: string
}

export interface MetaRow {
  readonly name: string
  readonly value: string
}

export interface LimitRow {
  readonly key: string
  readonly failures: number
  readonly window_start: number
  readonly locked_until: number | null
}

export interface FeedTableRow {
  readonly span: number
  readonly kind: string
  readonly reason: string
  readonly prefix: string
  readonly device_id: string | null
  readonly count: number
  readonly first_at: number
  readonly last_at: number
}

export interface GuestRow {
  readonly key: string
  readonly device_id: string | null
  readonly remote_ip: string | null
  readonly display_name: string | null
  readonly platform: string | null
  readonly device_family: string | null
  readonly client_id: string | null
  readonly client_mode: string | null
  readonly first_at: number
  readonly last_at: number
  readonly connects: number
  readonly roles: string
  readonly scopes: string
  readonly methods: string
}

export interface MessageRow {
  readonly id: string
  readonly session_id: string
  readonly seq: number
  readonly at: number
  readonly actor: string
  readonly role: string
  readonly text: string
  readonly idempotency_key: string
  readonly params_hash: string
}

/** A device whose removal was pruned from the log. */
export interface RemovedDeviceRow {
  readonly device_id: string
}
