import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { RevokeJob, RevokeResult } from '../load/revoke-load.ts'
import { startWorker } from '../machine/children.ts'
import { percentile } from '../machine/statistics.ts'
import type { Measure } from './measure.ts'

const SOCKETS = 500
const REVOKES = 300
const TALK_EVERY_MS = 100
const DEAF_EACH = 6
const SYNCS = 100

/** Five hundred devices talk, and one after the other is revoked while its requests are under way. */
export const measureRevoke: Measure = async ({ workshop }) => {
  const seed = { devices: 1_000, withKeys: SOCKETS + 1 }
  const { stateDir, devicesFile } = await workshop.seededState('revoke', seed)
  const disk = syncTimes(join(workshop.dir, 'sync-probe'))
  const gateway = await workshop.startGateway(stateDir)
  const load = startWorker<RevokeJob, RevokeResult>(import.meta.resolve('../load/revoke-load.ts'))
  const job = {
    port: gateway.port,
    devicesFile,
    sockets: SOCKETS,
    revokes: REVOKES,
    talkEveryMs: TALK_EVERY_MS,
    deafEach: DEAF_EACH,
  }
  const { answered, lastFrame, closed, gone, late, talkPerSecond } = await load.run(job)
  await Promise.all([load.stop(), gateway.stop()])

  const talk = `${REVOKES} revokes, ${SOCKETS} sockets, ${talkPerSecond.toFixed(0)} answers/s beside`
  const fsync = `one fsync here: p50 ${percentile(disk, 0.5).toFixed(1)}, p99 ${percentile(disk, 0.99).toFixed(1)} ms`
  return [
    { id: 'revoke.answer-p50', value: percentile(answered, 0.5), note: talk },
    { id: 'revoke.answer-p99', value: percentile(answered, 0.99), note: fsync },
    { id: 'revoke.last-frame-p50', value: percentile(lastFrame, 0.5) },
    { id: 'revoke.last-frame-p99', value: percentile(lastFrame, 0.99) },
    { id: 'revoke.closed-p99', value: percentile(closed, 0.99) },
    { id: 'revoke.served-late', value: late.served, note: `of ${late.sent}` },
    { id: 'revoke.ignored-max', value: Math.max(...gone), note: `${gone.length} peers` },
  ]
}

/** A revoke is answered when it is on the disk, so it cannot be faster than this. */
function syncTimes(path: string): readonly number[] {
  const file = openSync(path, 'w', 0o600)
  const page = Buffer.alloc(4_096)
  const times = Array.from({ length: SYNCS }, () => {
    const startedAt = performance.now()
    writeSync(file, page)
    fsyncSync(file)
    return performance.now() - startedAt
  })
  closeSync(file)
  return times
}
