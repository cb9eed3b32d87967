import type { DeviceId } from '@pairgate/protocol'

/** A device's Ed25519 key. The private half may live anywhere that can sign: a file, a TPM, an agent. */
export interface DeviceKey {
  readonly deviceId: DeviceId
  /** The 32 raw bytes, base64url. */
  readonly publicKey: string
  /** Signs the UTF-8 bytes of `text`; answers the 64 bytes in base64url. */
  sign(text: string): Promise<string> | string
}
