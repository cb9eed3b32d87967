import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, connectAsOwner } from '@pairgate/client'
import { createLog, type RunningGateway, startGateway } from '@pairgate/gateway'
import { decodeBase64 } from '@pairgate/protocol'
import { buildPages } from '../build/build-pages.js'

export interface TestHooks {
  after(cleanUp: () => Promise<void> | void): void
}

/** A whole gateway with its pages, on a state directory of its own, and the owner on its host. */
export interface UiWorld {
  readonly running: RunningGateway
  readonly port: number
  /** Of the pages. */
  readonly origin: string
  readonly pairPage: string
  readonly owner: Connection
  /** Every line of its log. */
  readonly logged: readonly string[]
  stop(): Promise<void>
  /** On the same port and the same state. */
  start(): Promise<void>
}

/** @param config content of `pairgate.json`, below `gateway`; `sections` stand beside it. */
export async function openUiWorld(
  hooks: TestHooks,
  config: object = {},
  sections: object = {},
): Promise<UiWorld> {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'ui-'))
  const stateDir = join(root, 'state')
  const pagesDir = join(root, 'pages')
  mkdirSync(stateDir, { mode: 0o700 })
  writeFileSync(join(stateDir, 'pairgate.json'), JSON.stringify({ gateway: config, ...sections }), {
    mode: 0o600,
  })
  await buildPages(pagesDir)
  const logged: string[] = []
  const log = createLog({ level: 'debug', destination: { write: (line) => logged.push(line) } })

  const open = async (port: string) => {
    const running = await startGateway({
      flags: { port },
      env: { PAIRGATE_STATE_DIR: stateDir },
      home: root,
      pagesDir,
      log,
    })
    const localKey = decodeBase64(readFileSync(join(stateDir, 'secrets/local.key'), 'utf8').trim())
    const owner = await connectAsOwner({
      socketPath: running.ownerSocket,
      localKey: localKey ?? new Uint8Array(),
      scopes: ['operator.admin'],
    })
    return { running, owner }
  }
  let now = await open('0')
  const port = Number(new URL(now.running.url).port)
  const stop = async (): Promise<void> => {
    await now.owner.close()
    await now.running.stop('test')
  }
  hooks.after(async () => {
    await stop()
    rmSync(root, { recursive: true, force: true })
  })
  const origin = `http://127.0.0.1:${port}`
  return {
    get running() {
      return now.running
    },
    get owner() {
      return now.owner
    },
    port,
    origin,
    pairPage: `${origin}/__pairgate__/pair`,
    logged,
    stop,
    async start() {
      now = await open(String(port))
    },
  }
}
