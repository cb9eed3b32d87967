import { escapeHazards, formatJsonLine } from '@pairgate/protocol'

/** JSON for programs, indented as OpenClaw does, and safe when a person's terminal shows it. */
export function formatJson(value: unknown): string {
  return escapeHazards(JSON.stringify(value, undefined, 2) ?? 'null')
}

export function printJson(value: unknown): void {
  process.stdout.write(`${formatJson(value)}\n`)
}

/** One line of JSON: an event of a command that runs on. */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${formatJsonLine(value)}\n`)
}
