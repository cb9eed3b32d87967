import type { DeviceId } from '@pairgate/protocol'

/** A device's Ed25519 key. The private half may live anywhere that can sign: a file, a TPM, an agent. */
export interface DeviceKey {
  readonly deviceId: DeviceId
  /** The 32 raw bytes, base64url. */
  readonly publicKey: string
  /**
   * How well the private half is kept: `non-extractable` can be used but not copied by whoever runs code in the
   * page, `extractable` can be copied, `file` by whoever reads this user's files.
   */
  readonly storage?: 'non-extractable' | 'extractable' | 'file'
  /** Signs the UTF-8 bytes of `text`; answers the 64 bytes in base64url. */
  sign(text: string): Promise<string> | string
}
