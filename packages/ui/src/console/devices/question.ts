import type { Device } from './device-list.ts'

/** What is to be done about a device, or about its token of a role. */
export type Question =
  | { readonly kind: 'rename' | 'remove' }
  | { readonly kind: 'rotate' | 'move' | 'extend' | 'revoke'; readonly role: string }

export interface DeviceDialogProps {
  readonly device: Device
  readonly onClose: () => void
}

export interface TokenDialogProps extends DeviceDialogProps {
  readonly role: string
}
