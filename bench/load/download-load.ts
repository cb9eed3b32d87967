import { serveJobs } from '../machine/children.ts'
import { openStream, type StreamPlace } from './open-stream.ts'

export interface DownloadJob extends StreamPlace {
  readonly bytes: number
}

/** Reads one large answer to its end; says how many seconds that took. */
serveJobs<DownloadJob, number>(async ({ bytes, ...place }) => {
  const startedAt = performance.now()
  const stream = await openStream(place, '/download', ['Connection: close'])
  const endedAt = await stream.endedAt
  if (stream.bytes < bytes) throw new Error(`only ${stream.bytes} bytes came`)
  return (endedAt - startedAt) / 1_000
})
