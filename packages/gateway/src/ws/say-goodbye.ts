import { setTimeout as sleep } from 'node:timers/promises'
import { seconds } from '@pairgate/protocol'
import { CLOSES, LIMITS } from '@pairgate/protocol/wire'
import type { ConnectionRegistry } from './connection-registry.ts'
import type { Dispatch } from './dispatch-request.ts'

/** How long replies in flight may take when the gateway stops. */
const DRAIN_MS = seconds(3)

interface Leaving {
  readonly registry: ConnectionRegistry
  readonly dispatch: Dispatch
}

/** Lets replies in flight leave, then closes every connection. */
export async function sayGoodbye({ registry, dispatch }: Leaving, reason: string): Promise<void> {
  const over = new AbortController()
  // These waits keep the process alive, unlike the sweepers: a gateway that stops must get to its end.
  const wait = (ms: number) => sleep(ms, undefined, { signal: over.signal }).catch(() => undefined)

  registry.each((connection) => connection.drain(reason))
  await Promise.race([dispatch.idle(), wait(DRAIN_MS)])
  registry.each((connection) => connection.leave(CLOSES['service-restart']))
  // Whoever has not answered the goodbye by then is cut by its own channel.
  const deadline = wait(LIMITS.closeGraceMs + 100)
  const untilEmpty = async () => {
    // Past the end no wait takes any time, so this loop would never let anybody else run again.
    while (registry.size > 0 && !over.signal.aborted) await wait(10)
  }
  await Promise.race([untilEmpty(), deadline])
  over.abort()
}
