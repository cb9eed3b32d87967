import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Figure } from '../figures.ts'
import { connectOnce, deviceFrame, makeStranger } from '../load/connect-once.ts'
import type { FloodJob, FloodResult } from '../load/flood-load.ts'
import { type LoadDevice, readDevices } from '../load/open-device.ts'
import { openOperator } from '../load/operator.ts'
import { startWorker } from '../machine/children.ts'
import { residentBytesOf } from '../machine/process-facts.ts'
import type { Measure } from './measure.ts'

const FLOOD = { requests: 10_000, addresses: 1_000, concurrency: 24 }
const SETTLE_MS = 5_000
/** How often a waiting client asks again. */
const ASK_AGAIN_MS = 1_000
const PERSON = '203.0.113.5'

/** Ten thousand requests of strangers, and one of a person who waits for the operator amid them. */
export const measureFlood: Measure = async ({ workshop }) => {
  const seed = { devices: 1_000, withKeys: 2 }
  const { stateDir, devicesFile } = await workshop.seededState('flood', seed, {
    trustedProxies: ['127.0.0.1'],
  })
  const gateway = await workshop.startGateway(stateDir)
  const { port, pid } = gateway
  const look = () => ({ resident: megabytes(residentBytesOf(pid)), database: databaseMegabytes(stateDir) })
  const operator = await openOperator(port, readDevices(devicesFile)[0] as LoadDevice)
  const flood = startWorker<FloodJob, FloodResult>(import.meta.resolve('../load/flood-load.ts'))
  const person = makeStranger()
  const ask = () => connectOnce(port, deviceFrame(person), PERSON)

  const { requestId } = await ask()
  await sleep(SETTLE_MS)
  const before = look()
  const flooding = flood.run({ port, ...FLOOD })
  let isOver = false
  void flooding.finally(() => {
    isOver = true
  })
  let asked = 0
  for (; !isOver; asked += 1) {
    const again = await ask()
    if (again.requestId !== requestId) throw new Error(`the person lost the place: ${again.code}`)
    await sleep(ASK_AGAIN_MS)
  }
  const { seconds, answers } = await flooding
  const after = look()
  await operator.call('device.pair.approve', { requestId })
  const { code, ms } = await ask()
  if (code !== 'ok') throw new Error(`the person was approved and not let in: ${code}`)
  await sleep(SETTLE_MS)
  const settled = look()
  operator.end()
  await Promise.all([flood.stop(), gateway.stop()])

  const came = Object.entries(answers).map(([answer, count]) => `${count} ${answer}`)
  return [
    {
      id: 'flood.rate',
      value: FLOOD.requests / seconds,
      note: `${FLOOD.addresses} addresses: ${came.join(', ')}`,
    },
    { id: 'flood.person', value: ms, note: `kept the id over ${asked} asks, approved behind the flood` },
    { id: 'flood.memory-before', value: before.resident },
    { id: 'flood.memory-after', value: after.resident },
    { id: 'flood.memory-settled', value: settled.resident, note: `${SETTLE_MS / 1000} s later` },
    { id: 'flood.database-before', value: before.database },
    { id: 'flood.database-after', value: settled.database },
  ] satisfies Figure[]
}

function databaseMegabytes(stateDir: string): number {
  const files = ['pairgate.db', 'pairgate.db-wal'].map((name) => join(stateDir, name))
  return megabytes(
    files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0),
  )
}

function megabytes(bytes: number | undefined): number {
  return (bytes ?? Number.NaN) / 1024 ** 2
}
