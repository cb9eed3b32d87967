import { formatPairCode, parsePairCode } from '@pairgate/protocol'
import { formatExpiry } from '../output/age.ts'
import { digitLines } from '../output/digit-lines.ts'
import { bold } from '../output/paint.ts'
import { printJson } from '../output/print-json.ts'
import { qrLines } from '../output/qr-lines.ts'
import { systemNow } from '../platform/system-clock.ts'
import { withLink } from '../target/gateway-link.ts'
import { linkFor } from './common-options.ts'
import type { InviteOptions } from './pair-invite.ts'
import { PAIRING_SCOPES } from './read-pair-list.ts'

/** `openclaw pair --claim`: what makes a device the first owner, for who sits at the host. */
export async function showClaim(options: InviteOptions): Promise<void> {
  const made = await withLink(linkFor(options, 'device.pair.claimCode'), (link) =>
    link.request('device.pair.claimCode', {}, [...PAIRING_SCOPES, 'operator.admin']),
  )
  if (options.json) return printJson(made)
  const { code = '', codeExpiresAtMs, expiresAtMs, link, gatewayUrl, id } = made
  const digits = parsePairCode(code)
  const readable = digits ? formatPairCode(digits) : code
  const lines = [
    'Whoever enters this becomes the owner of the gateway.',
    '',
    ...qrLines(link, options.qr),
    ...digitLines(readable),
    `Code:    ${bold(readable)} (expires ${formatExpiry(codeExpiresAtMs, systemNow())})`,
    `Link:    ${link}`,
    `Gateway: ${gatewayUrl}`,
    `Expires: ${formatExpiry(expiresAtMs, systemNow())}`,
    '',
    `On the new device: openclaw pair ${readable} --url ${gatewayUrl}`,
    `Then here, after comparing six words: openclaw pair confirm ${id}`,
    'Who brings the link is the owner at once.',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
