import type { Figure } from '../figures.ts'
import type { RequestJob } from '../load/request-load.ts'
import type { LoadResult } from '../load/timed-window.ts'
import { startWorker } from '../machine/children.ts'
import { startBare } from '../servers/start-bare.ts'
import { compareRivals } from './compare-rivals.ts'
import type { Measure } from './measure.ts'

const PAIRS = 5
const ROUND = { sockets: 8, window: 64, ms: 1_000 }

/** Requests of paired devices on a few busy sockets, beside a bare server that parses and answers. */
export const measureRequests: Measure = async ({ workshop }) => {
  const { stateDir, devicesFile } = await workshop.seededState('requests', { devices: 1_000, withKeys: 10 })
  const gateway = await workshop.startGateway(stateDir)
  const bare = await startBare('echo')
  const load = startWorker<RequestJob, LoadResult>(import.meta.resolve('../load/request-load.ts'))
  const compared = await compareRivals(
    () => load.run({ port: gateway.port, serverPid: gateway.pid, devicesFile, ...ROUND }),
    () => load.run({ port: bare.port, serverPid: bare.pid, ...ROUND }),
    PAIRS,
  )
  await Promise.all([load.stop(), bare.stop(), gateway.stop()])

  const figures: Figure[] = [
    { id: 'request.rate', value: compared.rate, note: `bare ${compared.bareRate.toFixed(0)}/s` },
    { id: 'request.rate-ratio', value: compared.rateRatio, note: compared.rateSpread },
  ]
  if (compared.cpuRatio === undefined) return figures
  return [...figures, { id: 'request.cpu-ratio', value: compared.cpuRatio, note: compared.cpuSpread }]
}
