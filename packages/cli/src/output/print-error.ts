import { formatJsonLine } from '@pairgate/protocol'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { cleanText } from './clean-text.ts'
import { CommandError } from './command-error.ts'
import { formatJson } from './print-json.ts'

const LONGEST_LINE = 2_000

/** One value in the end, or a line for each step of a command that runs on: a failure is one of them then. */
export type JsonStyle = 'value' | 'lines'

export interface FailureOutput {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: ExitCode
}

/** What a failed command says, where, and with which code it ends; `json` when a program reads it. */
export function describeFailure(error: unknown, json: JsonStyle | undefined, debug: boolean): FailureOutput {
  if (!(error instanceof CommandError)) return describeSurprise(error, json, debug)
  const { message, next, shape, gateway, plainAlways, exitCode } = error
  const stack = debug && error.stack !== undefined ? error.stack.split('\n') : []
  const lines = [message, ...next, ...stack].map((line) => cleanText(line, LONGEST_LINE))
  const stderr = `${lines.join('\n')}\n`
  if (!json || plainAlways) return { stdout: '', stderr, exitCode }

  const stdout = formatFailure({ error: shape, ...(gateway && { gateway }) }, json)
  // A program that retries an unreachable gateway reads the JSON; its log stays quiet (cli fact 1).
  return { stdout, stderr: shape.type === 'gateway_transport_error' ? '' : stderr, exitCode }
}

/** Prints a failure and leaves its exit code behind; the process ends when its output has been written. */
export function printFailure(error: unknown, json: JsonStyle | undefined): void {
  const { stdout, stderr, exitCode } = describeFailure(error, json, Boolean(process.env['OPENCLAW_DEBUG']))
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  process.exitCode = exitCode
}

// The five lines of OpenClaw for what nobody foresaw.
function describeSurprise(error: unknown, json: JsonStyle | undefined, debug: boolean): FailureOutput {
  const message = error instanceof Error ? error.message : String(error)
  const lines = [
    'The CLI command failed.',
    `Reason: ${cleanText(message, LONGEST_LINE)}`,
    'Debug: set OPENCLAW_DEBUG=1 to include the stack trace.',
    'Help: openclaw --help',
  ].map((line) => `[openclaw] ${line}`)
  const stack = debug && error instanceof Error && error.stack !== undefined ? [error.stack] : []
  const stdout = json ? formatFailure({ error: { type: 'cli_error', message } }, json) : ''
  return { stdout, stderr: `${[...lines, ...stack].join('\n')}\n`, exitCode: EXIT.failed }
}

function formatFailure(failure: object, json: JsonStyle): string {
  const told = { ok: false, ...failure }
  return `${json === 'lines' ? formatJsonLine(told) : formatJson(told)}\n`
}
