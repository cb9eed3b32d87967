import { setTimeout as sleep } from 'node:timers/promises'
import type { Figure } from '../figures.ts'
import type { ConnectJob, ConnectResult } from '../load/connect-load.ts'
import { startWorker } from '../machine/children.ts'
import { residentBytesOf } from '../machine/process-facts.ts'
import { median, percentile } from '../machine/statistics.ts'
import type { Measure } from './measure.ts'

const PAIRS = 8
const DEVICES_THAT_CONNECT = 2_000
const ROUND = { concurrency: 8, ms: 1_500, atMost: 4_000 }

/** Connects with a full database beside connects with a small one; only with `--devices`. */
export const measureManyDevices: Measure = async ({ workshop, manyDevices }) => {
  const few = await workshop.seededState('few', { devices: 1_000, withKeys: 1_000 })
  const startedAt = performance.now()
  const many = await workshop.seededState('many', { devices: manyDevices, withKeys: DEVICES_THAT_CONNECT })
  const seedSeconds = (performance.now() - startedAt) / 1000
  const [ofFew, ofMany] = [
    await workshop.startGateway(few.stateDir),
    await workshop.startGateway(many.stateDir),
  ]
  await sleep(3_000)
  const resident = residentBytesOf(ofMany.pid)
  const load = startWorker<ConnectJob, ConnectResult>(import.meta.resolve('../load/connect-load.ts'))
  const round = async ({ port, pid }: { port: number; pid: number }, devicesFile: string) => {
    const { helloMs } = await load.run({ port, serverPid: pid, devicesFile, ...ROUND })
    return percentile(helloMs, 0.99)
  }
  const pairs: { readonly few: number; readonly many: number }[] = []
  for (let n = 0; n <= PAIRS; n += 1) {
    const pair = { few: await round(ofFew, few.devicesFile), many: await round(ofMany, many.devicesFile) }
    // The first one warms up.
    if (n > 0) pairs.push(pair)
  }
  await Promise.all([load.stop(), ofFew.stop(), ofMany.stop()])

  const note = `${manyDevices} devices, filled in ${seedSeconds.toFixed(0)} s`
  const figures: Figure[] = [
    { id: 'many.connect-p99-thousand', value: median(pairs.map((pair) => pair.few)) },
    { id: 'many.connect-p99', value: median(pairs.map((pair) => pair.many)), note },
    {
      id: 'many.connect-p99-ratio',
      value: median(pairs.map((pair) => pair.many / pair.few)),
      note: `${PAIRS} pairs`,
    },
    { id: 'many.start', value: ofMany.readyMs },
  ]
  return resident === undefined ? figures : [...figures, { id: 'many.memory', value: resident / 1024 ** 2 }]
}
