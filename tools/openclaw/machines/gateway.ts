import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { callByCommand } from './call-by-command.ts'
import { createMachine, type Machine, type Running } from './machine.ts'
import { isReady, readTlsFingerprint } from './probe.ts'
import { type Place, type Side, type Site, settingsFor } from './settings.ts'
import { type Answer, callAsOwner, type Door } from './wire.ts'

/** A gateway in a state directory of its own, with a shared secret. */
export interface Gateway extends Door {
  readonly side: Side
  readonly port: number
  readonly host: Machine
  /** Of its own certificate, where it speaks TLS. */
  readonly tlsFingerprint: string | undefined
  /** As the owner, beside whatever is tried. */
  call(method: string, params?: object): Promise<Answer>
  restart(): Promise<void>
  stop(): Promise<void>
  /** Its state directory, which outlives it. */
  remove(): void
}

/** The scripts that start each program. */
export interface Entries {
  readonly there: string
  readonly here: string
}

const READY_LIMIT_MS = 90_000
const LOOK_AGAIN_MS = 200

export interface Start {
  readonly side: Side
  readonly place: Place
  readonly entries: Entries
  /** The gateway that stood there before, whose port and devices it takes over. */
  readonly before: Gateway | undefined
}

export async function startGateway({ side, place, entries, before }: Start): Promise<Gateway> {
  const { port = await freePort(), secret = randomBytes(24).toString('base64url') } = before ?? {}
  const site: Site = { place, port, secret }
  const host = createMachine(entries[side])
  const { file, settings } = settingsFor(side, site)
  writeFileSync(join(host.stateDir, file), JSON.stringify(settings), { mode: 0o600 })
  if (before) await moveIn(host, before)
  let running = await start(host, site)
  const tlsFingerprint = place === 'network' ? await readTlsFingerprint(site.port) : undefined
  const local = { url: `${tlsFingerprint ? 'wss' : 'ws'}://127.0.0.1:${site.port}`, secret: site.secret }
  return {
    ...{ side, host, port: site.port, secret: site.secret, tlsFingerprint },
    url: tlsFingerprint ? `wss://${ownAddress()}:${site.port}` : local.url,
    call: (method, params = {}) =>
      tlsFingerprint
        ? callByCommand({ ...local, tlsFingerprint, entry: entries.here }, method, params)
        : callAsOwner(local, method, params),
    async restart() {
      await running.stop()
      running = await start(host, site)
    },
    stop: async () => void (await running.stop()),
    remove: () => host.remove(),
  }
}

async function moveIn(host: Machine, before: Gateway): Promise<void> {
  const from = ['--from', before.host.stateDir]
  const { code, stderr } = await host.run(['migrate', '--apply', '--json', ...from])
  if (code !== 0) throw new Error(`the devices could not be taken over: ${stderr}`)
}

/** Resolves when it serves. */
async function start(host: Machine, site: Site): Promise<Running> {
  const running = host.start(['gateway', 'run'])
  let hasEnded = false
  running.ended.then(() => {
    hasEnded = true
  }, undefined)
  for (const limit = Date.now() + READY_LIMIT_MS; Date.now() < limit && !hasEnded; ) {
    if (await isReady(site)) return running
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
  await running.stop()
  throw new Error(`The gateway did not start:\n${running.said().slice(-1_500)}`)
}

/** An address of this machine from which a peer is no local one. */
function ownAddress(): string {
  const rows = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const row = rows.find(({ family, internal }) => family === 'IPv4' && !internal)
  if (!row) throw new Error('this machine has no address in a network')
  return row.address
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
