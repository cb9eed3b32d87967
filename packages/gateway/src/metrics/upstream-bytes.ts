import type { Socket } from 'node:net'
import type { Sample } from './exposition.ts'

/** What went over the connections to what is behind the gateway. */
export interface UpstreamBytes {
  /** Counts a connection to an upstream, by its name in the settings, from now to its end. */
  watch(upstream: string, socket: CountedSocket): void
  samples(): readonly Sample[]
}

/** Sockets count by themselves, and are asked when somebody wants to know: a piece of a stream costs nothing. */
export type CountedSocket = Pick<Socket, 'bytesRead' | 'bytesWritten' | 'once'>

interface Row {
  readonly open: Set<CountedSocket>
  /** Of connections that are over. */
  readonly sent: number
  readonly received: number
}

export function createUpstreamBytes(): UpstreamBytes {
  const rows = new Map<string, Row>()
  return {
    watch(upstream, socket) {
      const row = rows.get(upstream) ?? { open: new Set<CountedSocket>(), sent: 0, received: 0 }
      rows.set(upstream, row)
      row.open.add(socket)
      socket.once('close', () => {
        const { open, ...before } = rows.get(upstream) ?? row
        open.delete(socket)
        rows.set(upstream, { open, ...sumOf([before, countOf(socket)]) })
      })
    },
    samples: () =>
      [...rows].flatMap(([upstream, { open, ...before }]) => {
        const { sent, received } = sumOf([before, ...[...open].map(countOf)])
        return [
          { labels: [upstream, 'to-upstream'], value: sent },
          { labels: [upstream, 'from-upstream'], value: received },
        ]
      }),
  }
}

type Count = Pick<Row, 'sent' | 'received'>

function countOf({ bytesWritten, bytesRead }: CountedSocket): Count {
  return { sent: bytesWritten, received: bytesRead }
}

function sumOf(counts: readonly Count[]): Count {
  const sum = { sent: 0, received: 0 }
  for (const { sent, received } of counts) {
    sum.sent += sent
    sum.received += received
  }
  return sum
}
