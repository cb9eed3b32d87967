import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const living = new Set<ChildProcess>()

/** Sees to it that a child never outlives the run. */
export function keepTrack(child: ChildProcess): void {
  living.add(child)
  child.once('exit', () => living.delete(child))
}

export function killChildren(): void {
  for (const child of living) child.kill('SIGKILL')
}

/** A process of the bench that does jobs, one at a time. */
export interface Worker<Job, Result> {
  readonly pid: number
  run(job: Job): Promise<Result>
  stop(): Promise<void>
}

type Answer<Result> = { readonly result: Result } | { readonly error: string }

/** No job takes longer, so that a run always ends. */
const JOB_LIMIT_MS = 120_000

/** Starts a file that calls `serveJobs`. */
export function startWorker<Job extends object, Result>(fileUrl: string): Worker<Job, Result> {
  const child = fork(fileURLToPath(fileUrl), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  keepTrack(child)
  let waiting: PromiseWithResolvers<Result> | undefined
  child.on('message', (message) => {
    const answer = message as Answer<Result>
    if ('error' in answer) waiting?.reject(new Error(answer.error))
    else waiting?.resolve(answer.result)
  })
  child.on('exit', (code) => waiting?.reject(new Error(`${fileUrl} ended (${code}) before its job was done`)))
  return {
    pid: child.pid ?? 0,
    async run(job) {
      const { promise, reject, resolve } = Promise.withResolvers<Result>()
      waiting = { promise, reject, resolve }
      const limit = setTimeout(() => reject(new Error(`${fileUrl} did not end its job`)), JOB_LIMIT_MS)
      child.send(job)
      return promise.finally(() => clearTimeout(limit))
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const kill = setTimeout(() => child.kill('SIGKILL'), 2_000)
      child.disconnect()
      await once(child, 'exit')
      clearTimeout(kill)
    },
  }
}

/** The other side: does each job that comes, and ends when the runner does. */
export function serveJobs<Job, Result>(work: (job: Job) => Promise<Result>): void {
  process.on('message', (job) => {
    work(job as Job).then(
      (result) => process.send?.({ result }),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
    )
  })
  process.on('disconnect', () => process.exit())
}
