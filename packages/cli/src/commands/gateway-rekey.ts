import { type RekeyedGateway, rekeyGateway } from '@pairgate/gateway'
import { CommandError } from '../output/command-error.ts'
import { bold } from '../output/paint.ts'
import { printJson } from '../output/print-json.ts'
import { explainStart } from './explain-start.ts'

export interface RekeyOptions {
  readonly yes?: boolean
  readonly json?: boolean
}

const EXPLANATION = [
  'This draws every key in secrets/ anew, except for that of the TLS certificate: the one that device tokens',
  'and hashes of codes come from, the one that seals the event log, and the one of the owner. Do it when',
  'somebody else may have read the state directory, or a copy of it.',
  'Each device keeps its pairing: at its next connect, within 30 days, its key and its old token fetch it the',
  'new one. Devices that have never connected since they were approved, or later, fetch it or ask again.',
  'Open invitations end, and so do access tokens and the sign-in of browsers at apps. Backups from before',
  'need the keys from before: make a new one afterwards, and keep the new keys.',
  'To do it, while the gateway is stopped: openclaw gateway rekey --yes',
]

/** Works on the state directory itself: a gateway that runs would go on with the old keys. */
export async function rekey({ yes, json }: RekeyOptions): Promise<void> {
  if (!yes) throw new CommandError('Nothing was done.', { next: EXPLANATION })
  const rekeyed = await explainStart(() => rekeyGateway({ env: process.env }))
  if (json) printJson({ rekeyed: true, ...rekeyed })
  else process.stdout.write(`${formatRekeyed(rekeyed).join('\n')}\n`)
}

function formatRekeyed({ rotatedTokens, derivedTokenChanged }: RekeyedGateway): readonly string[] {
  return [
    bold('Every key is another one now.'),
    `Rotated tokens: ${rotatedTokens}. Each device fetches its new one when it connects next.`,
    ...(derivedTokenChanged
      ? ['The shared token is another one too: openclaw gateway auth-token --show']
      : []),
    'Start the gateway, make a backup (openclaw backup create), and keep secrets/ where you keep your secrets.',
  ]
}
