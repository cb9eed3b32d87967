import type { Role } from '@pairgate/protocol'
import type { ConnectParams, EventFrame, HelloOk, MethodName, MethodParams } from '@pairgate/protocol/wire'
import type { DeviceKey } from './key/device-key.ts'
import type { MethodResult } from './method-results.ts'
import type { TokenStore } from './tokens/token-store.ts'

/** How a connection ended: the close code and reason of RFC 6455, or ours when the peer sent none. */
export interface ConnectionClose {
  readonly code: number
  readonly reason: string
}

export interface RequestOptions {
  /** Milliseconds to wait for the answer; 30,000 when left out, too few for `device.scopes.waitUpgrade`. */
  readonly timeoutMs?: number
  /** Ends the waiting by throwing the signal's reason; what was sent is not taken back. */
  readonly signal?: AbortSignal
}

/** One live connection. It ends once and does not come back; `connectGateway` gives one that does. */
export interface Connection {
  readonly hello: HelloOk
  /**
   * Calls a method of the table. The result has the shape that the gateway promises; it is not checked here.
   * @throws ClientError with the gateway's code, `TIMEOUT`, `CLOSED`, or `PROTOCOL` for a request too big.
   */
  request<M extends MethodName>(
    method: M,
    params: MethodParams<M>,
    options?: RequestOptions,
  ): Promise<MethodResult<M>>
  /** Calls any method by its name; errors as `request`. */
  call(method: string, params?: unknown, options?: RequestOptions): Promise<unknown>
  /**
   * Hears every event from now on; the first listener also hears those since the hello.
   * @returns how to stop listening.
   */
  onEvent(listener: (event: EventFrame) => void): () => void
  /** Settles when the connection has ended, whoever ended it; never rejects. */
  readonly closed: Promise<ConnectionClose>
  /** Ends the connection. Resolves within a second, also when the gateway does not answer. */
  close(): Promise<void>
}

/** What a client says about itself (protocol fact 5). */
export type ClientInfo = ConnectParams['client']

export interface ConnectTarget {
  /** `ws://` (loopback only) or `wss://`. */
  readonly url: string
  /**
   * SHA-256 of the only certificate, or of its public key, that is accepted: with a pin also a self-signed
   * one, without a pin none that this machine does not trust.
   */
  readonly tlsFingerprint?: string | undefined
  /** Milliseconds for opening and handshake together; 10,000 when left out. */
  readonly timeoutMs?: number
  /** Ends the attempt by throwing the signal's reason. It does not end a connection that stands. */
  readonly signal?: AbortSignal
  readonly scopes: readonly string[]
  /** `operator` when left out. */
  readonly role?: Role
  readonly client?: Partial<ClientInfo>
}

/** The gateway's shared token or password. */
export interface SharedSecret {
  readonly token?: string
  readonly password?: string
}

export type SecretTarget = ConnectTarget & SharedSecret

export interface DeviceTarget extends ConnectTarget, SharedSecret {
  /** A 6-digit code, or the secret of a link or setup code: redeemed instead of showing a stored token. */
  readonly invitation?: string | undefined
  readonly key: DeviceKey
  readonly tokens: TokenStore
  readonly displayName?: string
}

export interface OwnerTarget {
  readonly socketPath: string
  /** The 32 raw bytes of `secrets/local.key`. */
  readonly localKey: Uint8Array
  readonly scopes: readonly string[]
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}
