import type { Figure } from '../figures.ts'
import type { GetJob } from '../load/get-load.ts'
import { readDevices } from '../load/open-device.ts'
import { openOperator } from '../load/operator.ts'
import type { LoadResult } from '../load/timed-window.ts'
import { startWorker } from '../machine/children.ts'
import { startBare } from '../servers/start-bare.ts'
import { compareRivals } from './compare-rivals.ts'
import type { Measure } from './measure.ts'

const PAIRS = 5
const ROUND = { sockets: 64, ms: 1_000 }
const HOST = 'app.example'

/** GETs with an access token through the gateway, beside the same library between two sockets and nothing else. */
export const measureProxied: Measure = async ({ workshop }) => {
  const upstream = await startBare('upstream')
  const target = `http://127.0.0.1:${upstream.port}`
  const upstreams = [{ match: { host: HOST }, target, scope: 'operator.read' }]
  const { stateDir, devicesFile } = await workshop.seededState(
    'proxied',
    { devices: 100, withKeys: 2 },
    { upstreams },
  )
  const gateway = await workshop.startGateway(stateDir)
  const bare = await startBare('proxy', { upstreamPort: upstream.port })
  const token = await accessToken(gateway.port, devicesFile)
  const load = startWorker<GetJob, LoadResult>(import.meta.resolve('../load/get-load.ts'))
  const headers = [`Host: ${HOST}`, `Authorization: Bearer ${token}`]
  const compared = await compareRivals(
    () => load.run({ port: gateway.port, serverPid: gateway.pid, headers, ...ROUND }),
    () => load.run({ port: bare.port, serverPid: bare.pid, headers, ...ROUND }),
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

async function accessToken(port: number, devicesFile: string): Promise<string> {
  const [device] = readDevices(devicesFile)
  if (!device) throw new Error('no device was seeded')
  const operator = await openOperator(port, device)
  const made = (await operator.call('device.token.access', {
    scopes: ['operator.read'],
    ttlMs: 3_600_000,
  })) as {
    readonly accessToken: string
  }
  operator.end()
  return made.accessToken
}
