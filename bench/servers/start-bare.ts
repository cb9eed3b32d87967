import { startWorker } from '../machine/children.ts'

const FILES = {
  connect: import.meta.resolve('./bare-connect.ts'),
  echo: import.meta.resolve('./bare-echo.ts'),
  ok: import.meta.resolve('./bare-ok.ts'),
  proxy: import.meta.resolve('./bare-proxy.ts'),
  streams: import.meta.resolve('./bare-streams.ts'),
} as const

export interface BareServer {
  readonly pid: number
  readonly port: number
  stop(): Promise<void>
}

/** Starts one of the baselines in a process of its own. */
export async function startBare(kind: keyof typeof FILES, job: object = {}): Promise<BareServer> {
  const worker = startWorker<object, number>(FILES[kind])
  const port = await worker.run(job)
  return { pid: worker.pid, port, stop: worker.stop }
}
