import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { parseGatewayUrl, parseTlsPin, type TlsPin } from '@pairgate/protocol'
import type { TlsReport } from '@pairgate/protocol/wire'
import { ConfigError } from '../config/config-error.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { StatePaths } from '../config/state-dir.ts'
import { readStateText } from '../state/private-text.ts'
import { StateError } from '../state/state-error.ts'
import { readTlsTexts, tlsMaterialOf } from '../tls/read-tls-files.ts'
import { type Finding, findingOf } from './finding.ts'
import { judgeEnd } from './judge-address.ts'

export interface TlsLook {
  readonly findings: readonly Finding[]
  readonly fingerprint: TlsPin | undefined
}

export interface TlsContext {
  readonly paths: StatePaths
  readonly nowMs: number
  /** What the running gateway shows. */
  readonly report: TlsReport | undefined
}

/** The certificate that lies on this host; what is shown at an address is looked at there. */
export async function lookAtTls(config: GatewayConfig, context: TlsContext): Promise<TlsLook> {
  if (!config.tls) return { findings: [], fingerprint: undefined }
  const { report, nowMs } = context
  try {
    const pem = await readPem(config, context)
    if (pem === undefined) return { findings: [], fingerprint: undefined }
    const certificate = new X509Certificate(pem)
    const findings = [
      ...(report?.problem === undefined
        ? []
        : [findingOf('tls', 'warn', `A newer certificate is not in use: ${report.problem}`)]),
      ...judgeEnd(report?.notAfterMs ?? certificate.validToDate.getTime(), nowMs, 'the gateway'),
      ...judgeNames(certificate, config),
    ]
    const fine: Finding = {
      check: 'tls',
      level: 'ok',
      what: `Good until ${certificate.validToDate.toISOString().slice(0, 10)}.`,
    }
    const fingerprint = parseTlsPin(report?.fingerprint ?? certificate.fingerprint256)
    return { findings: findings.length > 0 ? findings : [fine], fingerprint }
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof StateError)) throw error
    return { findings: [findingOf('tls', 'fail', error.message)], fingerprint: undefined }
  }
}

/** @returns `undefined` before the gateway has made its own. */
async function readPem({ tls }: GatewayConfig, { paths }: TlsContext): Promise<string | undefined> {
  if (tls === 'auto' || tls === undefined) return readStateText(paths.tlsCertificate)
  return tlsMaterialOf(await readTlsTexts(tls), tls).cert
}

/** A certificate of a proxy in front is none of these files. */
function judgeNames(
  certificate: X509Certificate,
  { pairing, trustedProxies }: GatewayConfig,
): readonly Finding[] {
  const address = pairing.publicUrl === undefined ? undefined : parseGatewayUrl(pairing.publicUrl)
  if (!address?.secure || trustedProxies.length > 0) return []
  const host = new URL(`https://${address.authority}`).hostname.replace(/^\[|\]$/g, '')
  const named = isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)
  if (named !== undefined) return []
  const what = `The certificate does not name ${host}, which gateway.pairing.publicUrl leads to.`
  return [{ check: 'tls', level: 'warn', what, advice: `openclaw config set gateway.allowedHosts ${host}` }]
}
