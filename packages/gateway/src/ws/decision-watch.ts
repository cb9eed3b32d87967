import type { LiveConnections, PairingNews } from '@pairgate/core'
import type { Timers } from '../platform/timers.ts'

/** What those who wait for a decision are woken by. */
export interface DecisionWatches {
  tell(news: PairingNews): void
  /** Watches a request from now on, so that nothing is missed between a look at it and the wait. */
  open(requestId: string): DecisionWatch
}

export interface DecisionWatch {
  /** Resolves when there was word of the request since it was last asked, or after `ms`. */
  changed(ms: number): Promise<void>
  /** As if there had been word of it. */
  wake(): void
  close(): void
}

export function createDecisionWatches({ timers }: { readonly timers: Timers }): DecisionWatches {
  const byRequest = new Map<string, Set<() => void>>()

  return {
    tell(news) {
      if (news.kind === 'resolved') for (const wake of byRequest.get(news.requestId) ?? []) wake()
    },
    open(requestId) {
      let word = Promise.withResolvers<void>()
      const wake = () => word.resolve()
      const watchers = byRequest.get(requestId) ?? new Set()
      byRequest.set(requestId, watchers.add(wake))
      return {
        async changed(ms) {
          const cancel = timers.after(ms, wake)
          await word.promise
          cancel()
          word = Promise.withResolvers()
        },
        wake,
        close() {
          const last = watchers.delete(wake) && watchers.size === 0
          if (last) byRequest.delete(requestId)
        },
      }
    },
  }
}

/** What a decision can do to something that is going on; over HTTP nobody is let in without a token. */
export type ClosesGates = Omit<LiveConnections, 'tell' | 'tellMessage' | 'closeUnpaired'>

/**
 * News goes to those who are connected, and to those among them who wait for it. The gates that a decision
 * closes are those of connections and those of what they opened over HTTP.
 */
export function toldTo(live: LiveConnections, watches: DecisionWatches, work: ClosesGates): LiveConnections {
  return {
    closeDevice(...which) {
      live.closeDevice(...which)
      work.closeDevice(...which)
    },
    closeUnpaired: live.closeUnpaired,
    closeSession(...which) {
      live.closeSession(...which)
      work.closeSession(...which)
    },
    setDeadline(...which) {
      live.setDeadline(...which)
      work.setDeadline(...which)
    },
    closeAll() {
      live.closeAll()
      work.closeAll()
    },
    tellMessage: live.tellMessage,
    tell(news) {
      live.tell(news)
      watches.tell(news)
    },
  }
}
