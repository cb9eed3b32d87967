import type { Command } from 'commander'
import { readTimeout } from '../target/read-timeout.ts'
import { readTlsFingerprint } from '../target/read-tls-fingerprint.ts'
import { addExamples, runAction } from './common-options.ts'
import type { FetchOptions } from './fetch-url.ts'

/** `openclaw fetch`: description only. */
export function addFetchCommand(program: Command): void {
  const fetch = program
    .command('fetch')
    .description('send an HTTP request with the token of this device, to its gateway or to an app behind it')
    .argument('<url>', 'what to ask for: an address, or a path of the gateway that begins with /')
    .option('-X, --method <method>', 'method of the request (default: GET, with a body POST)')
    .option('-H, --header <line>', 'a header, such as "Accept: text/plain"; may be given again', collect)
    .option('-d, --data <text>', 'body of the request; @<file> reads a file, - standard input')
    .option('-o, --output <file>', 'write the body of the answer into a file')
    .option('-i, --include', 'print status and headers of the answer before its body')
    .option('--access-token', 'show a short-lived access token instead of the device token')
    .option(
      '--app-origin <origin>',
      'the app behind the gateway that may be asked, such as https://app.example',
    )
    .option('--role <role>', 'operator or node', 'operator')
    .option(
      '--url <url>',
      'the gateway (default: that of <url> where this device is paired, else as elsewhere)',
    )
    .option('--tls-fingerprint <sha256>', 'the only certificate to accept (https://)', readTlsFingerprint)
    .option('--timeout <ms>', 'milliseconds to wait until the answer begins (default: 10000)', readTimeout)
    .option('--json', 'print JSON, for programs')
  addExamples(fetch, [
    'fetch /__pairgate__/verify -i',
    'fetch https://app.example/things --app-origin https://app.example',
    'fetch https://app.example/backup -o backup.tar --app-origin https://app.example',
    'fetch https://app.example/things -d @thing.json --app-origin https://app.example',
    'fetch https://app.example/things -X DELETE --json --app-origin https://app.example',
  ])
  fetch.action((address: string, options: FetchOptions) =>
    runAction(options.json, async () => (await import('./fetch-url.ts')).fetchUrl(address, options)),
  )
}

function collect(line: string, lines: readonly string[] = []): readonly string[] {
  return [...lines, line]
}
