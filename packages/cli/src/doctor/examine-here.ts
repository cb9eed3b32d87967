import type { Connection } from '@pairgate/client'
import type { StatePaths } from '@pairgate/gateway/config'
import type { Finding, OwnToken, RunningFacts } from '@pairgate/gateway/doctor'
import { CommandError } from '../output/command-error.ts'
import { systemNow } from '../platform/system-clock.ts'
import { askLocalGateway } from '../target/ask-local-gateway.ts'
import { type AskedGateway, askGateway } from './ask-gateway.ts'

export interface Here {
  readonly paths: StatePaths
  readonly home: string
  readonly timeoutMs: number
}

/** This host, and the gateway on it if one answers. */
export async function examineHere({ paths, home, timeoutMs }: Here): Promise<readonly Finding[]> {
  const { examineHost } = await import('@pairgate/gateway/doctor')
  const asked = await askHere(paths, timeoutMs)
  const tokens = await readTokens(paths.deviceTokens)
  const host = await examineHost({
    paths,
    env: process.env,
    home,
    nowMs: systemNow(),
    running: asked.facts,
    tokens: tokens.known,
    timeoutMs,
  })
  return [...asked.findings, ...host, ...tokens.findings]
}

interface AskedHere {
  readonly findings: readonly Finding[]
  readonly facts: RunningFacts | undefined
}

async function askHere(paths: StatePaths, timeoutMs: number): Promise<AskedHere> {
  const files = { ...paths, stateDir: paths.dir, tlsCertificate: paths.tlsCertificate }
  try {
    const asked = await askLocalGateway(files, (connection) =>
      askGateway(ownerOf(connection, timeoutMs), { whose: 'this host', isHere: true }),
    )
    return asked ?? { findings: [], facts: undefined }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const advice = error.next.join(' ')
    const finding: Finding = {
      check: 'gateway',
      level: 'warn',
      what: error.message,
      ...(advice !== '' && { advice }),
    }
    return { findings: [finding], facts: undefined }
  }
}

function ownerOf(connection: Connection, timeoutMs: number): AskedGateway {
  return {
    hello: async () => connection.hello,
    request: (method, params) => connection.request(method, params, { timeoutMs }),
  }
}

interface Tokens {
  readonly known: readonly OwnToken[]
  readonly findings: readonly Finding[]
}

/** A file that cannot be read, or that holds something else, is told and left as it is. */
async function readTokens(path: string): Promise<Tokens> {
  const { listStoredTokens } = await import('@pairgate/client')
  try {
    const known = await listStoredTokens(path)
    if (known) return { known, findings: [] }
    return { known: [], findings: [unusable(`${path} is no valid token file.`)] }
  } catch (error) {
    return { known: [], findings: [unusable(error instanceof Error ? error.message : String(error))] }
  }
}

function unusable(why: string): Finding {
  const advice = 'Repair it, or move it away and pair again: openclaw connect --url <url>'
  return { check: 'device-tokens', level: 'warn', what: `The stored tokens cannot be used: ${why}`, advice }
}
