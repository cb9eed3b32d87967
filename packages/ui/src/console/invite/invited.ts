import type { MethodResult } from '@pairgate/client'

/** A new invitation, with what is told this once. */
export type Invited = MethodResult<'device.pair.invite'>
