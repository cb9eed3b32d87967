import type { Command } from 'commander'
import { printFailure } from '../output/print-error.ts'
import type { LinkOptions } from '../target/gateway-link.ts'
import type { TargetFlags } from '../target/read-target-facts.ts'
import { DEFAULT_TIMEOUT_MS, readTimeout } from '../target/read-timeout.ts'
import { readTlsFingerprint } from '../target/read-tls-fingerprint.ts'

/** What every command that talks to a gateway is told. */
export interface CommonOptions extends TargetFlags {
  readonly timeout: number
  readonly json?: boolean
}

export function addGatewayOptions(command: Command): Command {
  return command
    .option(
      '--url <url>',
      'gateway WebSocket URL (default: gateway.remote.url when configured, else this host)',
    )
    .option('--token <token>', 'shared token of the gateway')
    .option('--password <password>', 'shared password of the gateway')
    .option('--tls-fingerprint <sha256>', 'the only certificate to accept (wss://)', readTlsFingerprint)
    .option('--timeout <ms>', 'milliseconds to wait for the gateway', readTimeout, DEFAULT_TIMEOUT_MS)
    .option('--json', 'print JSON, for programs')
}

/** The options as a way to the gateway; `method` is what the command is about. */
export function linkFor(options: CommonOptions, method: string): LinkOptions {
  const { url, token, password, tlsFingerprint, timeout } = options
  return { url, token, password, tlsFingerprint, timeoutMs: timeout, method }
}

/** Runs an action; a failure is told as the caller asked and leaves its exit code. */
export async function runAction(json: boolean | undefined, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    printFailure(error, json ?? false)
  }
}

/** Examples below a command's help: most people read only these. */
export function addExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nExamples:\n${examples.map((line) => `  $ openclaw ${line}`).join('\n')}`,
  )
}
