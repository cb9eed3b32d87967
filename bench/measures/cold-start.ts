import { median, rangeOf } from '../machine/statistics.ts'
import type { GatewayProcess } from '../servers/gateway-process.ts'
import { timeCommand } from './command-line.ts'
import type { Measure } from './measure.ts'

const STARTS = 7

/** From the spawn of the command to the line that says where it listens. */
export const measureColdStart: Measure = async ({ workshop }) => {
  const stateDir = workshop.freshState('start')
  const first = await startOnce()
  const starts: GatewayProcess[] = []
  const runtime: number[] = []
  for (let n = 0; n < STARTS; n += 1) {
    starts.push(await startOnce())
    runtime.push(await timeCommand(['--eval', '0'], workshop.env))
  }
  const times = starts.map(({ readyMs }) => readyMs)
  const [least, greatest] = rangeOf(times).map((ms) => ms.toFixed(0))
  const cpu = median(starts.flatMap(({ readyCpuMs }) => readyCpuMs ?? []))
  const note = [
    `${STARTS} starts: ${least}–${greatest} ms`,
    `Node.js alone ${median(runtime).toFixed(0)} ms`,
    ...(Number.isFinite(cpu) ? [`CPU used ${cpu.toFixed(0)} ms`] : []),
  ].join('; ')
  return [
    { id: 'start.first', value: first.readyMs },
    { id: 'start.cold', value: median(times), note },
  ]

  async function startOnce(): Promise<GatewayProcess> {
    const gateway = await workshop.startGateway(stateDir)
    await gateway.stop()
    return gateway
  }
}
