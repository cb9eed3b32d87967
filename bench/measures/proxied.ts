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
const HOST = 'app.example'

/** GETs with an access token through the gateway, beside the same library between two sockets and nothing else. */
export const measureProxied: Measure = async ({ workshop }) => {
  const upstream = await startBare('ok')
  const target = `http://127.0.0.1:${upstream.port}`
  const upstreams = [{ match: { host: HOST }, target, scope: 'operator.read' }]
  const { stateDir, devicesFile } = await workshop.seededState(
    'proxied',
    { devices: 100, withKeys: 2 },
    { upstreams },
  )
  const gateway = await workshop.startGateway(stateDir)
  const bare = await startBare('proxy', { upstreamPort: upstream.port })
  const token = await makeAccessToken(gateway.port, devicesFile)
  const load = startWorker<GetJob, LoadResult>(import.meta.resolve('../load/get-load.ts'))
  const asked = {
    path: '/bench?n=1',
    headers: [`Host: ${HOST}`, `Authorization: Bearer ${token}`],
    answer: { status: 200, end: 'ok' },
    ...ROUND,
  }
  const compared = await compareRivals(
    () => load.run({ port: gateway.port, serverPid: gateway.pid, ...asked }),
    () => load.run({ port: bare.port, serverPid: bare.pid, ...asked }),
    PAIRS,
  )
  await Promise.all([load.stop(), bare.stop(), gateway.stop(), upstream.stop()])

  const figures: Figure[] = [
    { id: 'proxied.rate', value: compared.rate, note: `bare ${compared.bareRate.toFixed(0)}/s` },
    { id: 'proxied.rate-ratio', value: compared.rateRatio, note: compared.rateSpread },
  ]
  if (compared.cpuRatio === undefined) return figures
  return [...figures, { id: 'proxied.cpu-ratio', value: compared.cpuRatio, note: compared.cpuSpread }]
}
