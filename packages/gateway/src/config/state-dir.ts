import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export type Env = Readonly<Record<string, string | undefined>>

/** Every path of the state directory; nothing else builds one. */
export interface StatePaths {
  readonly dir: string
  readonly configFile: string
  readonly database: string
  readonly lock: string
  readonly secretsDir: string
  readonly tokenKey: string
  readonly localKey: string
  readonly eventsKey: string
  /** Keys that have sealed the beginning of the log. */
  readonly oldEventsKeys: string
  /** While the keys are being changed: the new ones. */
  readonly newKeys: string
  /** Of the certificate that the gateway makes itself. */
  readonly tlsKey: string
  readonly tlsCertificate: string
  readonly eventHead: string
  /** While the gateway has no owner: what makes one. */
  readonly claimLink: string
  readonly ownerSocket: string
  /** The socket's path was chosen by the operator, so its directory is theirs to guard. */
  readonly ownerSocketChosen: boolean
  readonly deviceKey: string
  readonly deviceTokens: string
}

/** Longest path of a Unix socket (`sun_path` less its final zero). */
const SOCKET_PATH_BYTES = process.platform === 'darwin' ? 103 : 107

/** The directory that holds everything: `PAIRGATE_STATE_DIR`, else `OPENCLAW_STATE_DIR`, else `~/.pairgate`. */
export function resolveStateDir(env: Env, home: string): string {
  const said = env['PAIRGATE_STATE_DIR'] || env['OPENCLAW_STATE_DIR'] || join(home, '.pairgate')
  return resolve(said.replace(/^~(?=$|\/)/, home))
}

export function statePaths(stateDir: string, env: Env): StatePaths {
  const dir = resolve(stateDir)
  const chosenSocket = env['OPENCLAW_GATEWAY_SOCK']
  return Object.freeze({
    dir,
    configFile: resolve(env['OPENCLAW_CONFIG_PATH'] || join(dir, 'pairgate.json')),
    database: join(dir, 'pairgate.db'),
    lock: join(dir, 'gateway.lock.db'),
    secretsDir: join(dir, 'secrets'),
    tokenKey: join(dir, 'secrets', 'token.key'),
    localKey: join(dir, 'secrets', 'local.key'),
    eventsKey: join(dir, 'secrets', 'events.key'),
    oldEventsKeys: join(dir, 'secrets', 'events.old.json'),
    newKeys: join(dir, 'secrets', 'new-keys.json'),
    tlsKey: join(dir, 'secrets', 'tls.key'),
    tlsCertificate: join(dir, 'secrets', 'tls.crt'),
    eventHead: join(dir, 'event-head.json'),
    claimLink: join(dir, 'claim-link'),
    ownerSocket: chosenSocket ? resolve(chosenSocket) : defaultSocket(dir, env),
    ownerSocketChosen: Boolean(chosenSocket),
    deviceKey: join(dir, 'identity', 'device.pem'),
    deviceTokens: join(dir, 'identity', 'tokens.json'),
  })
}

/** Gateway and CLI both come here, so the short name must follow from the directory alone. */
function defaultSocket(dir: string, env: Env): string {
  const inside = join(dir, 'gateway.sock')
  if (Buffer.byteLength(inside) <= SOCKET_PATH_BYTES) return inside
  const runtime = env['XDG_RUNTIME_DIR']
  const home = runtime ? join(runtime, 'pairgate') : join(tmpdir(), `pairgate-${process.getuid?.() ?? 0}`)
  return join(home, `${createHash('sha256').update(dir).digest('hex').slice(0, 8)}.sock`)
}
