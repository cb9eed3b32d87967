import { setTimeout as sleep } from 'node:timers/promises'
import { makeAccessToken } from '../load/access-token.ts'
import type { CuttingJob, CuttingResult } from '../load/cutting-load.ts'
import type { DownloadJob } from '../load/download-load.ts'
import { startWorker } from '../machine/children.ts'
import { openFileLimit, residentBytesOf } from '../machine/process-facts.ts'
import { percentile } from '../machine/statistics.ts'
import { startBare } from '../servers/start-bare.ts'
import type { Measure } from './measure.ts'

const HELD = 10_000
const ASKING = 64
const ROUNDS = 40
const HOST = 'app.example'
const DOWNLOAD_BYTES = 2 * 2 ** 30
const MEGABYTE = 2 ** 20
const SAMPLE_MS = 50

/** What a revocation leaves of ten thousand requests and of endless streams, and what a large answer costs. */
export const measureCutting: Measure = async ({ workshop }) => {
  const upstream = await startBare('streams')
  const target = `http://127.0.0.1:${upstream.port}`
  const upstreams = [{ match: { host: HOST }, target, scope: 'operator.read', websocket: true }]
  const seed = { devices: 1_000, withKeys: ROUNDS + 2 }
  const { stateDir, devicesFile } = await workshop.seededState('cutting', seed, { upstreams })
  const gateway = await workshop.startGateway(stateDir)
  const { port } = gateway

  const token = await makeAccessToken(port, devicesFile)
  const download = startWorker<DownloadJob, number>(import.meta.resolve('../load/download-load.ts'))
  const place = { port, host: HOST, token }
  const once = () => residentWhile(gateway.pid, () => download.run({ ...place, bytes: DOWNLOAD_BYTES }))
  const memory = await once()
  const again = await once()

  const load = startWorker<CuttingJob, CuttingResult>(import.meta.resolve('../load/cutting-load.ts'))
  // Each takes two sockets of the gateway.
  const held = Math.min(HELD, Math.floor(((openFileLimit() ?? 1_024) - 500) / 2))
  const job = { port, host: HOST, devicesFile, held, asking: ASKING, rounds: ROUNDS }
  const { late, heldGone, ends } = await load.run(job)
  await Promise.all([load.stop(), download.stop(), gateway.stop(), upstream.stop()])

  return [
    { id: 'cutting.accepted-late', value: late.accepted, note: `of ${late.sent}` },
    { id: 'cutting.held-gone', value: heldGone, note: `${held} requests` },
    { id: 'cutting.stream-p99', value: percentile(ends, 0.99), note: `${ends.length} streams` },
    { id: 'cutting.stream-max', value: Math.max(...ends) },
    { id: 'cutting.memory-before', value: memory.before },
    { id: 'cutting.memory-during', value: memory.during, note: `${memory.seconds.toFixed(1)} s` },
    { id: 'cutting.memory-again', value: again.during, note: `${again.seconds.toFixed(1)} s` },
    { id: 'cutting.memory-after', value: again.after },
  ]
}

async function residentWhile(pid: number, work: () => Promise<number>) {
  const resident = () => (residentBytesOf(pid) ?? Number.NaN) / MEGABYTE
  const before = resident()
  let during = before
  const timer = setInterval(() => {
    during = Math.max(during, resident())
  }, SAMPLE_MS)
  const seconds = await work()
  clearInterval(timer)
  await sleep(1_000)
  return { before, during, after: resident(), seconds }
}
