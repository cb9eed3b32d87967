/**
 * What became of a device or of one of its tokens. `arrived`: it lies in another session now, and those are
 * told who had no business with it before; all others have heard of the cause.
 */
export type DeviceChange =
  | 'renamed'
  | 'removed'
  | 'joined'
  | 'rotated'
  | 'revoked'
  | 'extended'
  | 'moved'
  | 'expired'
  | 'arrived'
