import type { Figure, FigureId } from '../figures.ts'
import type { GuessJob, GuessResult } from '../load/guess-load.ts'
import type { PacedJob, PacedResult } from '../load/paced-connects.ts'
import { startWorker } from '../machine/children.ts'
import { percentile } from '../machine/statistics.ts'
import type { Measure } from './measure.ts'

const ADDRESSES = 500
const GUESSES = { perSecond: 1_000, ms: 60_000 }
const CONNECTS_PER_SECOND = 50
const QUIET_MS = 20_000
const WARM_UP_MS = 5_000

/** Paired devices connect while strangers guess at the shared secret, from many addresses and from their own. */
export const measureGuesses: Measure = async ({ workshop }) => {
  const { stateDir, devicesFile } = await workshop.seededState(
    'guesses',
    { devices: 1_000, withKeys: 200 },
    { auth: { token: 'nobody-guesses-this-one' }, trustedProxies: ['127.0.0.1'] },
  )
  const gateway = await workshop.startGateway(stateDir)
  const devices = startWorker<PacedJob, PacedResult>(import.meta.resolve('../load/paced-connects.ts'))
  const strangers = startWorker<GuessJob, GuessResult>(import.meta.resolve('../load/guess-load.ts'))
  const { port } = gateway
  const connect = (ms: number) => devices.run({ port, devicesFile, perSecond: CONNECTS_PER_SECOND, ms })
  const underAttack = async (addresses: number) => {
    const attack = strangers.run({ port, addresses, ...GUESSES })
    const connects = await connect(GUESSES.ms)
    return { connects, guesses: await attack }
  }

  await connect(WARM_UP_MS)
  const quiet = await connect(QUIET_MS)
  const addresses = await underAttack(ADDRESSES)
  const loopback = await underAttack(0)
  await Promise.all([devices.stop(), strangers.stop(), gateway.stop()])

  return [
    ...timesOf('guess.quiet', quiet, `${CONNECTS_PER_SECOND} connects/s`),
    ...timesOf('guess.addresses', addresses.connects, describe(addresses.guesses)),
    ...timesOf('guess.loopback', loopback.connects, describe(loopback.guesses)),
    {
      id: 'guess.refused',
      value: refusedBy(quiet) + refusedBy(addresses.connects) + refusedBy(loopback.connects),
      note: `quiet ${refusedBy(quiet)}, 500 addresses ${refusedBy(addresses.connects)}, own ${counted(loopback.connects.refusals)}`,
    },
  ]
}

type Timed = 'guess.quiet' | 'guess.addresses' | 'guess.loopback'

function timesOf(name: Timed, { helloMs }: PacedResult, note: string): readonly Figure[] {
  const ids = [`${name}-p50`, `${name}-p99`] as const satisfies readonly FigureId[]
  return [
    { id: ids[0], value: percentile(helloMs, 0.5), note },
    { id: ids[1], value: percentile(helloMs, 0.99) },
  ]
}

function describe({ perSecond, answers }: GuessResult): string {
  return `${perSecond.toFixed(0)} guesses/s: ${counted(answers)}`
}

function counted(answers: Readonly<Record<string, number>>): string {
  const counts = Object.entries(answers).map(([code, count]) => `${count} ${code}`)
  return counts.join(', ') || '0'
}

function refusedBy({ refusals }: PacedResult): number {
  return Object.values(refusals).reduce((sum, count) => sum + count, 0)
}
