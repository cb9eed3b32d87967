import type { Command } from 'commander'
import { addExamples, runAction } from './common-options.ts'
import type { QrOptions } from './qr-show.ts'

/** `openclaw qr`: description only. The flags are OpenClaw's. */
export function addQrCommand(program: Command): void {
  const qr = program
    .command('qr')
    .description('show a QR code and a setup code for the OpenClaw mobile apps')
    .option('--json', 'print JSON, for programs')
    .option('--setup-code-only', 'print the setup code and nothing else')
    .option('--no-ascii', 'without the QR code')
    .option('--limited', 'without admin rights')
    .option('--voice-node', 'for a device that only listens and speaks')
    .option('--url <url>', 'the address that stands in the code')
    .option('--public-url <url>', 'the same as --url')
    .option('--remote', 'of the gateway of gateway.remote.url')
    .option('--token <token>', 'shared token of the gateway')
    .option('--password <password>', 'shared password of the gateway')
  addExamples(qr, ['qr', 'qr --limited --url wss://gateway.example', 'qr --json'])
  qr.action((options: QrOptions) =>
    runAction(options.json, async () => (await import('./qr-show.ts')).showQr(options)),
  )
}
