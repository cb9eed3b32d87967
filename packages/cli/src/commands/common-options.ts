import type { Command } from 'commander'
import { type JsonStyle, printFailure } from '../output/print-error.ts'
import type { LinkOptions } from '../target/gateway-link.ts'
import type { TargetFlags } from '../target/read-target-facts.ts'
import { DEFAULT_TIMEOUT_MS, readTimeout } from '../target/read-timeout.ts'
import { readTlsFingerprint } from '../target/read-tls-fingerprint.ts'

/** What every command that talks to a gateway is told. */
export interface CommonOptions extends TargetFlags {
  readonly timeout: number
  readonly json?: boolean
}

const JSON_HELP: Readonly<Record<JsonStyle, string>> = {
  value: 'print JSON, for programs',
  lines: 'print a line of JSON for each step, for programs',
}

export function addGatewayOptions(command: Command, json: JsonStyle = 'value'): Command {
  return command
    .option(
      '--url <url>',
      'gateway WebSocket URL (default: gateway.remote.url when configured, else this host)',
    )
    .option('--token <token>', 'shared token of the gateway')
    .option('--password <password>', 'shared password of the gateway')
    .option('--tls-fingerprint <sha256>', 'the only certificate to accept (wss://)', readTlsFingerprint)
    .option('--timeout <ms>', 'milliseconds to wait for the gateway', readTimeout, DEFAULT_TIMEOUT_MS)
    .option('--json', JSON_HELP[json])
}

/** How a command line wants to be told of a failure, also where it cannot be parsed. */
export function jsonStyleOf(program: Command, argv: readonly string[]): JsonStyle | undefined {
  if (!argv.includes('--json')) return undefined
  let command = program
  for (const word of argv) {
    const next = command.commands.find((child) => child.name() === word)
    if (!next) break
    command = next
  }
  const isOfLines = command.options.some(({ description }) => description === JSON_HELP.lines)
  return isOfLines || argv.includes('--watch') ? 'lines' : 'value'
}

/** The options as a way to the gateway; `method` is what the command is about. */
export function linkFor(options: CommonOptions, method: string): LinkOptions {
  const { url, token, password, tlsFingerprint, timeout } = options
  return { url, token, password, tlsFingerprint, timeoutMs: timeout, method }
}

/** Runs an action; a failure is told as the caller asked and leaves its exit code. */
export async function runAction(
  json: boolean | undefined,
  work: () => Promise<void>,
  style: JsonStyle = 'value',
): Promise<void> {
  try {
    await work()
  } catch (error) {
    printFailure(error, json ? style : undefined)
  }
}

/** Examples below a command's help: most people read only these. */
export function addExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nExamples:\n${examples.map((line) => `  $ openclaw ${line}`).join('\n')}`,
  )
}
