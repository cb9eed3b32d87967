import { type Logger, pino, stdTimeFunctions } from 'pino'
import { createHumanLines } from './human-log.ts'
import { scrubText, scrubValue } from './scrub-secrets.ts'

export type Log = Logger

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Where lines go; `process.stderr` fits. */
export interface LogDestination {
  write(line: string): unknown
  readonly isTTY?: boolean
}

export interface LogOptions {
  readonly level: LogLevel
  readonly destination: LogDestination
}

/** JSON lines, or short ones for a person when the destination is a terminal. Secrets never come through. */
export function createLog({ level, destination }: LogOptions): Log {
  const log = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => scrubValue(fields) as Record<string, unknown>,
      },
      // The last gate: messages, stacks and everything else that is text by now.
      hooks: { streamWrite: scrubText },
    },
    destination.isTTY ? createHumanLines(destination) : { write: (line) => void destination.write(line) },
  )
  scrubChildren(log)
  return log
}

/** pino formats the fields of a child logger only for the first generation, so we come before it. */
function scrubChildren(log: Log): void {
  const child = log.child
  const scrubbing = function (
    this: Log,
    fields: Record<string, unknown>,
    options?: Parameters<Log['child']>[1],
  ) {
    return child.call(this, scrubValue(fields) as Record<string, unknown>, options)
  }
  log.child = scrubbing as Log['child']
}
