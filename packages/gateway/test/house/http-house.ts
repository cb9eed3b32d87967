import type { TestContext } from 'node:test'
import { refuse } from '@pairgate/core'
import type { Authenticate } from '../../src/http/authenticate.ts'
import type { BuildHttpDeps, Readiness } from '../../src/http/build-http.ts'
import { buildHttp } from '../../src/http/build-http.ts'
import { createEntryRules } from '../../src/http/entry-rules.ts'
import { type Listening, type ListenOptions, listen, type Via } from '../../src/http/listen.ts'
import { CREDENTIAL_MISSING } from '../../src/http/token-refusal.ts'
import { createUpgradeGuard, type UpgradeGuard } from '../../src/http/upgrade-guard.ts'
import { createLog } from '../../src/platform/log.ts'

export interface HouseOptions {
  readonly listen?: Partial<ListenOptions>
  readonly trustedProxies?: readonly string[]
  readonly allowedOrigins?: readonly string[]
  readonly allowedHosts?: readonly string[]
  readonly readiness?: Readiness
  readonly authenticate?: Authenticate
  readonly pages?: BuildHttpDeps['pages']
}

export interface House {
  readonly listening: Listening
  readonly guard: UpgradeGuard
  /** Peers whose upgrade passed the guard, as `<via> <place>`. */
  readonly upgraded: string[]
  readonly logged: string[]
}

const NOBODY = { ok: false, refusal: CREDENTIAL_MISSING, shown: 'nothing' } as const
const NOBODY_JOINS: BuildHttpDeps['join'] = {
  takeJoin: async () => refuse({ reason: 'invitation-unknown' }),
  publicUrl: () => undefined,
}
const READY: Readiness = { ready: true, failing: [], uptimeMs: 5 }

/** The HTTP part of a gateway on real sockets: an accepted upgrade gets the line `welcome`. */
export async function openHouse(
  context: Pick<TestContext, 'after'>,
  options: HouseOptions = {},
): Promise<House> {
  const { trustedProxies = [], allowedOrigins = [], allowedHosts = [], readiness = READY } = options
  const config = { trustedProxies, allowedHosts, controlUi: { allowedOrigins } }
  const logged: string[] = []
  const upgraded: string[] = []
  const log = createLog({ level: 'debug', destination: { write: (line) => logged.push(line) } })
  const rules = createEntryRules(config, ['workbench'])
  const writeMetrics = async () => 'measured 1\n'
  const { authenticate = () => NOBODY } = options
  const verify = { authenticate, onUse: () => undefined, isClosed: () => false }
  const app = buildHttp({
    rules,
    ready: async () => readiness,
    writeMetrics,
    verify,
    join: NOBODY_JOINS,
    pages: options.pages,
    log,
  })
  app.get('/boom', () => {
    throw new Error('inner detail')
  })
  app.post('/echo', (request) => ({ got: request.body }))
  await app.ready()
  const guard = createUpgradeGuard({
    rules,
    limits: { unauthenticatedPerPeer: 2, unauthenticatedInAll: 100 },
  })
  const listening = await listen({
    app,
    hosts: ['127.0.0.1'],
    port: 0,
    tls: undefined,
    ownerSocketPath: undefined,
    closeGraceMs: 50,
    onUpgrade(request, socket, _head, via: Via) {
      const peer = guard.judge(request, socket)
      if (!peer) return
      const ticket = guard.admit(peer, () => socket.destroy())
      if (!ticket) return guard.refuseBusy(socket, peer)
      socket.once('close', ticket.released)
      socket.on('error', () => socket.destroy())
      upgraded.push(`${via} ${peer.place}`)
      socket.resume().once('end', () => socket.destroy())
      socket.write('welcome\r\n\r\n')
    },
    ...options.listen,
  })
  context.after(async () => {
    await listening.close()
    await app.close()
  })
  return { listening, guard, upgraded, logged }
}
