import type { PendingRow } from '@pairgate/protocol/wire'

export type ApproveLatest = 'strict' | 'documented'

export interface ChooseFacts {
  readonly pending: readonly PendingRow[]
  /** Somebody sits in front of it and can be asked. */
  readonly canAsk: boolean
  /** `gateway.pairing.approveLatest` of the config. */
  readonly approveLatest: ApproveLatest
  /** Lately a request had to make room, and may have been the one that is meant. */
  readonly hasMadeRoom: boolean
}

export type Choice =
  | { readonly kind: 'nothing-open' }
  /** Act without a question. */
  | { readonly kind: 'approve'; readonly row: PendingRow }
  | { readonly kind: 'ask'; readonly row: PendingRow }
  /** Show it, say why it was not approved, and fail. */
  | { readonly kind: 'preview'; readonly row: PendingRow; readonly why: string }

/**
 * Which request is meant when nobody names one, and whether that is certain enough to act (design
 * section 5): anybody may file a request at any moment, so "the newest" can be a stranger's.
 */
export function chooseRequest({ pending, canAsk, approveLatest, hasMadeRoom }: ChooseFacts): Choice {
  const row = newest(pending)
  if (!row) return { kind: 'nothing-open' }
  const asksAdmin = row.scopes.includes('operator.admin')

  if (approveLatest === 'documented' && !asksAdmin) return { kind: 'approve', row }
  if (canAsk) return { kind: 'ask', row }
  if (pending.length > 1) return { kind: 'preview', row, why: `${pending.length} requests are open.` }
  if (hasMadeRoom) return { kind: 'preview', row, why: 'A request had to make room within the last minutes.' }
  if (asksAdmin || row.scopes.includes('operator.pairing')) {
    return { kind: 'preview', row, why: 'It asks for the right to let in others.' }
  }
  return { kind: 'approve', row }
}

/** Of two of the same millisecond the one that the gateway lists first, as it lists the newest first. */
function newest(pending: readonly PendingRow[]): PendingRow | undefined {
  return pending.reduce<PendingRow | undefined>(
    (best, row) => (best && best.ts >= row.ts ? best : row),
    undefined,
  )
}
