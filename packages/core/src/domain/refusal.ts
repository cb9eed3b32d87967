import type { DeviceId, RequestId } from '@pairgate/protocol'
import type { ChainFault } from './chain-fault.ts'
import type { Device } from './device.ts'
import type { OpenRequest } from './pairing-request.ts'

/** Why a credential of a device that has proved its key is not good (any more). */
export type TokenFault = 'mismatch' | 'revoked' | 'rotated' | 'removed' | 'other-role'

/** What became of a request that is no longer open. */
export type RequestFate =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'decided' }
  | { readonly kind: 'superseded'; readonly by: RequestId | undefined }

/** What is wrong with the address that a setup code would carry. */
export type EndpointFault =
  | 'url-invalid'
  | 'loopback-only'
  | 'plaintext-public'
  | 'plaintext-join'
  | 'join-profile'

/** Every reason the gateway can say no. Rich for logs and audit; `refusal-to-wire` decides what is told. */
export type Refusal =
  // connect: shape and proof. Depends only on frame, nonce and clock; no stored row was read.
  | { readonly reason: 'role-invalid' }
  | { readonly reason: 'device-id-mismatch' }
  | { readonly reason: 'signature-expired' }
  | { readonly reason: 'nonce-missing' }
  | { readonly reason: 'nonce-mismatch' }
  | { readonly reason: 'signature-invalid' }
  | { readonly reason: 'owner-proof-invalid' }
  /** The proof is good, but of a kind that a relay can pass on, and this key has given better ones. */
  | { readonly reason: 'origin-not-signed' }
  // connect: credential
  | { readonly reason: 'device-identity-required' }
  | { readonly reason: 'secret-missing'; readonly wanted: 'token' | 'password' }
  | { readonly reason: 'password-mismatch' }
  | { readonly reason: 'token-mismatch'; readonly fault: TokenFault; readonly mayTryDeviceToken: boolean }
  | { readonly reason: 'device-token-mismatch'; readonly fault: TokenFault }
  | { readonly reason: 'bootstrap-invalid' }
  | { readonly reason: 'scope-mismatch' }
  | { readonly reason: 'rate-limited'; readonly retryAfterMs: number }
  // connect: grant
  | {
      readonly reason: 'pairing-required'
      readonly request: OpenRequest
      readonly device: Device | undefined
      /** It brought a good invitation, and whoever gave that is asked right now: worth waiting for. */
      readonly waits?: boolean
    }
  | { readonly reason: 'too-many-pending' }
  | { readonly reason: 'gateway-busy' }
  | { readonly reason: 'database-away' }
  // methods
  | { readonly reason: 'request-unknown'; readonly fate: RequestFate }
  | { readonly reason: 'digest-mismatch' }
  | { readonly reason: 'approval-denied' }
  | { readonly reason: 'rejection-denied' }
  | { readonly reason: 'removal-denied' }
  | { readonly reason: 'rename-denied' }
  | { readonly reason: 'rotation-denied' }
  | { readonly reason: 'revocation-denied' }
  | { readonly reason: 'extension-denied' }
  | { readonly reason: 'extension-of-own' }
  | { readonly reason: 'move-denied' }
  | { readonly reason: 'access-needs-device' }
  | { readonly reason: 'scope-not-for-access'; readonly scope: string }
  | { readonly reason: 'audience-invalid' }
  | { readonly reason: 'too-many-access-tokens' }
  | { readonly reason: 'ticket-needs-device' }
  | { readonly reason: 'app-unknown' }
  | { readonly reason: 'too-many-tickets' }
  | { readonly reason: 'ticket-invalid' }
  | { readonly reason: 'upgrade-needs-device' }
  | { readonly reason: 'upgrade-scope-unknown' }
  | { readonly reason: 'upgrade-narrower' }
  | { readonly reason: 'upgrade-not-needed' }
  | { readonly reason: 'upgrade-unknown' }
  | { readonly reason: 'device-unknown'; readonly deviceId: DeviceId | undefined }
  | { readonly reason: 'cursor-invalid' }
  | { readonly reason: 'label-blank' }
  | { readonly reason: 'choice-missing' }
  | { readonly reason: 'bound-missing' }
  | { readonly reason: 'log-faulty'; readonly seq: number; readonly fault: ChainFault }
  | { readonly reason: 'scope-unknown'; readonly scope: string }
  | { readonly reason: 'scope-not-for-role'; readonly scope: string }
  | { readonly reason: 'scope-not-asked'; readonly scope: string }
  | { readonly reason: 'ceiling'; readonly missing: string }
  | { readonly reason: 'invitation-unknown' }
  | { readonly reason: 'invitation-over'; readonly state: 'redeemed' | 'cancelled' | 'expired' }
  | { readonly reason: 'invitation-denied' }
  | { readonly reason: 'too-many-codes' }
  | { readonly reason: 'too-many-invitations' }
  | { readonly reason: 'candidate-missing' }
  | { readonly reason: 'candidates-several' }
  | { readonly reason: 'claim-over' }
  | { readonly reason: 'session-unknown' }
  | { readonly reason: 'default-session-missing'; readonly key: string }
  | { readonly reason: 'session-not-allowed' }
  | { readonly reason: 'session-key-invalid' }
  | { readonly reason: 'session-exists' }
  | { readonly reason: 'session-in-use'; readonly tokens: number }
  | { readonly reason: 'change-missing' }
  | { readonly reason: 'message-unreadable' }
  | { readonly reason: 'message-too-big' }
  | { readonly reason: 'idempotency-conflict' }
  | { readonly reason: 'last-admin' }
  | { readonly reason: 'actor-gone' }
  | {
      readonly reason: 'endpoint-unfit'
      readonly fault: EndpointFault
      readonly source?: string | undefined
    }
  // a connection
  | { readonly reason: 'too-many-requests'; readonly retryAfterMs: number }
  // authorization
  | { readonly reason: 'session-bound' }
  | { readonly reason: 'scope-missing'; readonly scope: string }
  | { readonly reason: 'role-unauthorized'; readonly role: string }
  | { readonly reason: 'method-unknown'; readonly method: string }
