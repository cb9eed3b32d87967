import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog, startGateway } from '@pairgate/gateway'
import { decodeBase64 } from '@pairgate/protocol'
import { connectAsOwner } from '../src/connect-as-owner.ts'
import type { Connection } from '../src/connection.ts'

/** A whole gateway on a state directory and a port of its own, and the owner on its host. */
export interface RealGateway {
  readonly url: string
  /** Of the upstreams without a host of their own, if there are any. */
  readonly upstreamsPort: number
  readonly owner: Connection
  /** What it shows over TLS, where it was told to. */
  tlsFiles(): { readonly cert: string; readonly key: string }
  /** Waits for the device's request and grants what it asks for. */
  approve(deviceId: string): Promise<void>
}

export interface TestHooks {
  after(cleanUp: () => Promise<void>): void
}

/** @param config content of `pairgate.json`, below `gateway`; `beside` what stands beside that. */
export async function openRealGateway(
  hooks: TestHooks,
  config: object = {},
  beside: object = {},
): Promise<RealGateway> {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'sdk-'))
  const stateDir = join(root, 'state')
  mkdirSync(stateDir, { mode: 0o700 })
  writeFileSync(join(stateDir, 'pairgate.json'), JSON.stringify({ gateway: config, ...beside }), {
    mode: 0o600,
  })
  const running = await startGateway({
    flags: { port: '0' },
    env: { PAIRGATE_STATE_DIR: stateDir },
    home: root,
    log: createLog({ level: 'error', destination: { write: () => undefined } }),
  })
  const localKey = decodeBase64(readFileSync(join(stateDir, 'secrets/local.key'), 'utf8').trim())
  const owner = await connectAsOwner({
    socketPath: running.ownerSocket,
    localKey: localKey ?? new Uint8Array(),
    scopes: ['operator.admin'],
  })
  hooks.after(async () => {
    await owner.close()
    await running.stop('test is over')
    rmSync(root, { recursive: true, force: true })
  })
  return {
    url: running.url,
    upstreamsPort: running.upstreamsPort ?? 0,
    owner,
    tlsFiles() {
      const read = (name: string): string => readFileSync(join(stateDir, 'secrets', name), 'utf8')
      return { cert: read('tls.crt'), key: read('tls.key') }
    },
    async approve(deviceId) {
      const heard = Promise.withResolvers<void>()
      const stop = owner.onEvent(({ event }) => event === 'device.pair.requested' && heard.resolve())
      const find = async () => {
        const { pending } = await owner.request('device.pair.list', {})
        return pending.find((row) => row.deviceId === deviceId)
      }
      let request = await find()
      if (!request) {
        await heard.promise
        request = await find()
      }
      stop()
      await owner.request('device.pair.approve', { requestId: request?.requestId ?? '' })
    },
  }
}
