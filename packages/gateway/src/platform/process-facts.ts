/** What this process takes of the machine. */
export interface ProcessFacts {
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly heapBytes: number
  /** Share of the time since the start in which the event loop was busy, from 0 to 1. */
  readonly loopUtilization: number
}

export function processFacts(): ProcessFacts {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return {
    cpuSeconds: (user + system) / 1_000_000,
    residentBytes: rss,
    heapBytes: heapUsed,
    loopUtilization: performance.eventLoopUtilization().utilization,
  }
}
