import { ClientError } from '@pairgate/client'
import { findLocalFiles, readTargetFacts } from '../target/read-target-facts.ts'
import { resolveTarget } from '../target/resolve-target.ts'
import { readScopes } from './approve-flags.ts'
import { readRole } from './call-method.ts'
import type { CommonOptions } from './common-options.ts'
import { createConnectReport } from './connect-report.ts'
import { enterGateway, explainEntryError } from './enter-gateway.ts'

export interface ConnectOptions extends CommonOptions {
  /** `operator` when left out. */
  readonly role?: string
  readonly scope?: readonly string[]
  readonly name?: string
  /** Undefined when neither `--wait` nor `--no-wait` was given, which means to wait. */
  readonly wait?: boolean
}

const DEFAULT_SCOPES = ['operator.read'] as const

/** Gets this machine in, once: the next run finds key and token and connects with them. */
export async function connectDevice(options: ConnectOptions): Promise<void> {
  const role = readRole(options.role ?? 'operator')
  const scopes = options.scope ? readScopes(options.scope) : role === 'operator' ? DEFAULT_SCOPES : []
  const files = await findLocalFiles(process.env)
  const target = resolveTarget(await readTargetFacts(options, process.env, files))
  const { json = false, timeout: timeoutMs, wait = true, name } = options
  const report = createConnectReport(json)
  const secret = target.kind === 'url' ? target.secret : undefined
  const insists = options.scope !== undefined && secret === undefined
  try {
    const { url, tlsFingerprint } = target
    const asked = { url, tlsFingerprint, role, scopes, secret, name, insists }
    const { paired, requestId } = await enterGateway({ ...asked, wait, timeoutMs, json, files, report })
    await paired.connection.close()
    report.paired(paired, { requestId, asked: scopes })
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    throw explainEntryError(error, { target, configFile: files.configFile })
  }
}
