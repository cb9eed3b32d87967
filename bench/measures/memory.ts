import { setTimeout as sleep } from 'node:timers/promises'
import type { Figure } from '../figures.ts'
import type { ConnectJob, ConnectResult } from '../load/connect-load.ts'
import type { IdleJob } from '../load/idle-load.ts'
import { startWorker } from '../machine/children.ts'
import { openFileLimit, residentBytesOf } from '../machine/process-facts.ts'
import { startBare } from '../servers/start-bare.ts'
import type { Measure } from './measure.ts'

const IDLE_MS = 3_000
/** After work, for what was put off. */
const SETTLE_MS = 1_500
const CONNECTS = 1_000
const IDLE_SOCKETS = 10_000
/** Enough for an average. */
const BARE_SOCKETS = 2_500
/** Files that a process needs beside its sockets. */
const SPARE_FILES = 500

/** Resident memory of a gateway that has nothing to do, before and after it had, and of each socket it holds. */
export const measureMemory: Measure = async ({ workshop }) => {
  if (residentBytesOf(process.pid) === undefined) return []
  const sockets = Math.min(IDLE_SOCKETS, (openFileLimit() ?? IDLE_SOCKETS) - SPARE_FILES)
  const seed = { devices: IDLE_SOCKETS, withKeys: sockets }
  const { stateDir, devicesFile } = await workshop.seededState('memory', seed)
  const gateway = await workshop.startGateway(stateDir)
  await sleep(IDLE_MS)
  const idle = megabytes(gateway.pid)

  const load = startWorker<ConnectJob, ConnectResult>(import.meta.resolve('../load/connect-load.ts'))
  const warmUp = { devicesFile, concurrency: 32, ms: 20_000, atMost: CONNECTS }
  await load.run({ port: gateway.port, serverPid: gateway.pid, ...warmUp })
  await sleep(SETTLE_MS)
  const afterConnects = megabytes(gateway.pid)

  const each = await perIdleSocket(gateway, devicesFile, sockets)
  await gateway.stop()
  const bare = await startBare('connect')
  await load.run({ port: bare.port, serverPid: bare.pid, ...warmUp })
  const bareAfter = megabytes(bare.pid)
  const bareEach = await perIdleSocket(bare, devicesFile, Math.min(sockets, BARE_SOCKETS))
  await Promise.all([bare.stop(), load.stop()])

  const fewer = sockets < IDLE_SOCKETS ? ', fewer because of the limit of open files' : ''
  return [
    { id: 'memory.idle', value: idle, note: `${IDLE_SOCKETS} devices in the database` },
    { id: 'memory.after-connects', value: afterConnects, note: `bare ${bareAfter.toFixed(0)} MB` },
    {
      id: 'memory.idle-socket',
      value: each,
      note: `${sockets} sockets${fewer}; bare ${bareEach.toFixed(1)} KB`,
    },
  ] satisfies Figure[]
}

async function perIdleSocket(
  { pid, port }: { readonly pid: number; readonly port: number },
  devicesFile: string,
  sockets: number,
): Promise<number> {
  const holder = startWorker<IdleJob, number>(import.meta.resolve('../load/idle-load.ts'))
  const before = megabytes(pid)
  await holder.run({ port, devicesFile, sockets })
  await sleep(SETTLE_MS)
  const after = megabytes(pid)
  await holder.run({ port, devicesFile, sockets: 0 })
  await holder.stop()
  return ((after - before) * 1024) / sockets
}

function megabytes(pid: number): number {
  return (residentBytesOf(pid) ?? Number.NaN) / 1024 ** 2
}
