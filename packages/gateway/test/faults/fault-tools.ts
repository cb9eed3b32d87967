import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import type { AuditVerdict } from '@pairgate/protocol/wire'
import type { GatewayOfTest } from '../harness/gateway-of-test.ts'
import { rawRequest } from '../house/raw-request.ts'

export interface Readiness {
  readonly status: number
  readonly failing: readonly string[]
}

/** What `/readyz` says to this machine. */
export async function readiness({ port }: Pick<GatewayOfTest, 'port'>): Promise<Readiness> {
  const { status, body } = await get(port, '/readyz')
  return { status, failing: JSON.parse(body).failing }
}

export async function isLive({ port }: Pick<GatewayOfTest, 'port'>): Promise<boolean> {
  return (await get(port, '/healthz')).status === 200
}

function get(port: number, path: string) {
  const lines = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Connection: close']
  return rawRequest({ host: '127.0.0.1', port }, lines)
}

/** How often the log says that the database went away, and that it came back. */
export function outages({ logged }: Pick<GatewayOfTest, 'logged'>): readonly [number, number] {
  const count = (text: string) => logged.filter((line) => line.includes(text)).length
  return [count('the database is away'), count('the database is back')]
}

/** Warnings and errors beside those of the outage itself. */
export function otherTrouble({ logged }: Pick<GatewayOfTest, 'logged'>): readonly string[] {
  return logged.filter((line) => /"level":"(warn|error|fatal)"/.test(line) && !line.includes('is away'))
}

/** Verifies the event log from its first event, and says how many there are. */
export async function soundEvents(gateway: GatewayOfTest): Promise<number> {
  const owner = await gateway.owner()
  const verdict = await owner.call<AuditVerdict>('audit.verify')
  await owner.end()
  assert.ok(verdict.ok, JSON.stringify(verdict))
  return verdict.events
}

/** A small disk of its own; `undefined` where this user may not mount one. */
export function mountSmallDisk(context: TestContext, size: string): string | undefined {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), 'small-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'pairgate-test', dir], {
      stdio: 'pipe',
    })
  } catch {
    rmSync(dir, { recursive: true })
    return undefined
  }
  context.after(() => {
    // Lazily, because the gateway on it may be closed by a later hook.
    execFileSync('umount', ['--lazy', dir])
    rmSync(dir, { recursive: true, force: true })
  })
  return dir
}

export interface LockHolder {
  take(): Promise<void>
  release(): Promise<void>
}

const HOLDER = `
  const { DatabaseSync } = require('node:sqlite')
  const database = new DatabaseSync(process.argv[1], { timeout: 10_000 })
  require('node:readline').createInterface({ input: process.stdin }).on('line', (sql) => {
    database.exec(sql)
    console.log('done')
  }).on('close', () => process.exit())`

/** Another program, such as one that makes a backup, that locks the database against writers. */
export function startLockHolder(context: TestContext, path: string): LockHolder {
  const child = spawn(process.execPath, ['--eval', HOLDER, path], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  context.after(() => {
    child.kill('SIGKILL')
  })
  const run = async (sql: string) => {
    const done = once(lines, 'line')
    child.stdin.write(`${sql}\n`)
    await done
  }
  return { take: () => run('begin immediate'), release: () => run('rollback') }
}
