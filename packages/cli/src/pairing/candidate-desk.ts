import type { PendingRow } from '@pairgate/protocol/wire'
import { cleanText } from '../output/clean-text.ts'
import type { Interrupts } from '../platform/interrupts.ts'
import { pendingName, wordsOf } from './describe-request.ts'

export interface CandidateDeskDeps {
  /** Somebody sits in front of it and can be asked. */
  readonly asks: boolean
  readonly report: { candidates(rows: readonly PendingRow[], asks: boolean): void }
  readonly interrupts: Pick<Interrupts, 'interrupt'>
  readonly confirm: (requestId: string) => Promise<void>
  readonly reject: (requestId: string) => Promise<void>
  readonly onFailure: (error: unknown) => void
}

/** Where the devices stand that brought the right secret and have to be told apart by their words. */
export interface CandidateDesk {
  /** All that stand there now; who is new is shown. */
  show(rows: readonly PendingRow[]): void
  close(): void
}

export function createCandidateDesk(deps: CandidateDeskDeps): CandidateDesk {
  let shown = ''
  let asking: AbortController | undefined

  return {
    show(rows) {
      const ids = rows.map(({ requestId }) => requestId)
      if (ids.join() === shown) return
      shown = ids.join()
      // Who came meanwhile stands beside the others: one question about all of them.
      asking?.abort()
      if (rows.length === 0) return
      deps.report.candidates(rows, deps.asks)
      if (!deps.asks) return
      asking = new AbortController()
      void askAbout(rows, asking.signal, deps).catch(deps.onFailure)
    },
    close: () => asking?.abort(),
  }
}

async function askAbout(
  rows: readonly PendingRow[],
  signal: AbortSignal,
  { interrupts, confirm, reject }: CandidateDeskDeps,
): Promise<void> {
  const { isCancel } = await import('@clack/prompts')
  const answer = await (rows.length === 1 ? askYesOrNo(rows[0], signal) : askWhich(rows, signal))
  if (signal.aborted) return
  if (isCancel(answer)) return interrupts.interrupt()
  if (answer !== NOBODY) return confirm(String(answer))
  for (const { requestId } of rows) await reject(requestId)
}

const NOBODY = ''

async function askYesOrNo(row: PendingRow | undefined, signal: AbortSignal): Promise<string | symbol> {
  const { confirm } = await import('@clack/prompts')
  const answer = await confirm({
    message: 'Does the device show the same six words, and may it have this?',
    active: 'Let it in',
    inactive: 'Refuse it',
    initialValue: false,
    signal,
  })
  if (typeof answer === 'symbol') return answer
  return answer ? (row?.requestId ?? NOBODY) : NOBODY
}

async function askWhich(rows: readonly PendingRow[], signal: AbortSignal): Promise<string | symbol> {
  const { select } = await import('@clack/prompts')
  const options = rows.map((row) => ({
    value: row.requestId,
    label: wordsOf(row.deviceId),
    hint: `${pendingName(row)}, ${cleanText(row.remoteIp ?? 'this machine')}`,
  }))
  return select({
    message: `${rows.length} devices brought it. Which one is yours? The others are refused.`,
    options: [{ value: NOBODY, label: 'None of them' }, ...options],
    initialValue: NOBODY,
    signal,
  })
}
