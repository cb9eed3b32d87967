import type { Figure } from '../figures.ts'
import { makeAccessToken } from '../load/access-token.ts'
import type { GetJob } from '../load/get-load.ts'
import type { LoadResult } from '../load/timed-window.ts'
import { startWorker } from '../machine/children.ts'
import { startBare } from '../servers/start-bare.ts'
import { compareRivals } from './compare-rivals.ts'
import type { Measure } from './measure.ts'

const PAIRS = 15
const ROUND = { sockets: 64, ms: 500 }

/** What proxies ask about each request: whether an access token opens, beside a server that looks at nothing. */
export const measureVerify: Measure = async ({ workshop }) => {
  const { stateDir, devicesFile } = await workshop.seededState('verify', { devices: 100, withKeys: 2 })
  const gateway = await workshop.startGateway(stateDir)
  const bare = await startBare('ok')
  const token = await makeAccessToken(gateway.port, devicesFile)
  const load = startWorker<GetJob, LoadResult>(import.meta.resolve('../load/get-load.ts'))
  const asked = {
    path: '/__pairgate__/verify',
    headers: [`Host: 127.0.0.1:${gateway.port}`, `Authorization: Bearer ${token}`],
    ...ROUND,
  }
  const [passed, ok] = [
    { status: 204, end: '\r\n\r\n' },
    { status: 200, end: 'ok' },
  ]
  const compared = await compareRivals(
    () => load.run({ port: gateway.port, serverPid: gateway.pid, answer: passed, ...asked }),
    () => load.run({ port: bare.port, serverPid: bare.pid, answer: ok, ...asked }),
    PAIRS,
  )
  await Promise.all([load.stop(), bare.stop(), gateway.stop()])

  const figures: Figure[] = [
    { id: 'verify.rate', value: compared.rate, note: `bare ${compared.bareRate.toFixed(0)}/s` },
    { id: 'verify.rate-ratio', value: compared.rateRatio, note: compared.rateSpread },
  ]
  if (compared.cpuRatio === undefined) return figures
  return [...figures, { id: 'verify.cpu-ratio', value: compared.cpuRatio, note: compared.cpuSpread }]
}
