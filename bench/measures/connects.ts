import type { Figure } from '../figures.ts'
import type { ConnectJob, ConnectResult } from '../load/connect-load.ts'
import { startWorker } from '../machine/children.ts'
import { median, percentile } from '../machine/statistics.ts'
import { startBare } from '../servers/start-bare.ts'
import { compareRivals } from './compare-rivals.ts'
import type { Measure } from './measure.ts'

const PAIRS = 5
const ROUND = { concurrency: 32, ms: 2_500, atMost: 20_000 }

/** Connects of paired devices with their tokens, beside a bare server that verifies one signature. */
export const measureConnects: Measure = async ({ workshop }) => {
  const { stateDir, devicesFile } = await workshop.seededState('connects', {
    devices: 1_000,
    withKeys: 1_000,
  })
  const gateway = await workshop.startGateway(stateDir)
  const bare = await startBare('connect')
  const load = startWorker<ConnectJob, ConnectResult>(import.meta.resolve('../load/connect-load.ts'))
  const round = ({ port, pid }: { port: number; pid: number }) =>
    load.run({ port, serverPid: pid, devicesFile, ...ROUND })

  const compared = await compareRivals(
    () => round(gateway),
    () => round(bare),
    PAIRS,
  )
  await Promise.all([load.stop(), bare.stop(), gateway.stop()])

  const p99 = median(compared.rounds.map(({ helloMs }) => percentile(helloMs, 0.99)))
  const p50 = median(compared.rounds.map(({ helloMs }) => percentile(helloMs, 0.5)))
  const figures: Figure[] = [
    { id: 'connect.rate', value: compared.rate, note: `bare ${compared.bareRate.toFixed(0)}/s` },
    { id: 'connect.rate-ratio', value: compared.rateRatio, note: compared.rateSpread },
  ]
  if (compared.cpuRatio !== undefined) {
    figures.push({ id: 'connect.cpu-ratio', value: compared.cpuRatio, note: compared.cpuSpread })
  }
  return [...figures, { id: 'connect.p99', value: p99, note: `p50 ${p50.toFixed(1)} ms` }]
}
