import { serveJobs } from '../machine/children.ts'
import { connectOnce, deviceFrame, makeStranger, strangersAddress } from './connect-once.ts'

export interface FloodJob {
  readonly port: number
  readonly requests: number
  readonly addresses: number
  readonly concurrency: number
}

export interface FloodResult {
  readonly seconds: number
  readonly answers: Readonly<Record<string, number>>
}

/** Requests of as many devices, in turn from each address. */
serveJobs<FloodJob, FloodResult>(async ({ port, requests, addresses, concurrency }) => {
  const answers: Record<string, number> = {}
  const startedAt = performance.now()
  let started = 0
  const worker = async (): Promise<void> => {
    while (started < requests) {
      const from = strangersAddress(started % addresses)
      started += 1
      const { code } = await connectOnce(port, deviceFrame(makeStranger()), from)
      answers[code] = (answers[code] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return { seconds: (performance.now() - startedAt) / 1000, answers }
})
