import { EXIT, type ExitCode } from '../exit-codes.ts'

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hangup } as const
const SIGNALS = Object.keys(CODES) as readonly (keyof typeof CODES)[]

/** Somebody wants the command to end; it may still tidy up. */
export interface Interrupts {
  readonly signal: AbortSignal
  /** As the end of the process would have had it. */
  exitCode(): ExitCode
  /** Does what Ctrl+C does, for a prompt that reads it as a key. */
  interrupt(): void
}

/** Does `work` with the first signal as its own affair; a second one ends the process at once. */
export async function withInterrupts<T>(work: (interrupts: Interrupts) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let code: ExitCode = EXIT.interrupted
  const stop = (name: keyof typeof CODES): void => {
    if (controller.signal.aborted) process.exit(CODES[name])
    code = CODES[name]
    controller.abort()
  }
  for (const name of SIGNALS) process.on(name, stop)
  try {
    return await work({
      signal: controller.signal,
      exitCode: () => code,
      interrupt: () => stop('SIGINT'),
    })
  } finally {
    for (const name of SIGNALS) process.off(name, stop)
  }
}
