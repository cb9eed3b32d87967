import { cpuSecondsOf, machineCpuSeconds } from '../machine/process-facts.ts'

/** What one stretch of load has brought. */
export interface LoadResult {
  readonly count: number
  readonly seconds: number
  /** What the server used meanwhile; the load shares the machine with it, so a rate alone says too little. */
  readonly serverCpuSeconds: number | undefined
  /** Cores that neither server nor load kept busy, but somebody else. */
  readonly otherCores: number | undefined
}

/** Watches the clock and the CPU while `work` counts. */
export async function timedWindow(serverPid: number, work: () => Promise<number>): Promise<LoadResult> {
  const before = look(serverPid)
  const count = await work()
  const after = look(serverPid)
  const seconds = (after.at - before.at) / 1000
  const used = (part: 'server' | 'own' | 'machine') => after[part] - before[part]
  // The store's load is its own server.
  const ours = used('server') + (serverPid === process.pid ? 0 : used('own'))
  return {
    count,
    seconds,
    serverCpuSeconds: known(used('server')),
    otherCores: known(Math.max(0, used('machine') - ours) / seconds),
  }
}

function look(serverPid: number) {
  return {
    at: performance.now(),
    server: cpuSecondsOf(serverPid) ?? Number.NaN,
    own: cpuSecondsOf(process.pid) ?? Number.NaN,
    machine: machineCpuSeconds() ?? Number.NaN,
  }
}

function known(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}
