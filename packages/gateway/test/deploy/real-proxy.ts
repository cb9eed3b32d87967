import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import type { TestHooks } from '../harness/gateway-of-test.ts'
import { within } from '../harness/within.ts'
import { writeCertificate } from '../house/certificate.ts'
import { freePort } from '../house/free-port.ts'
import { type Places, shippedFile } from './shipped-file.ts'

export type ProxyName = 'nginx' | 'caddy'

/** Each with an argument that does nothing. */
const LOOKS: Readonly<Record<ProxyName, string>> = { nginx: '-v', caddy: 'version' }

/**
 * The sentence that a test is skipped with where the program is missing, else false. Where the programs were put
 * there on purpose, `PAIRGATE_TEST_NEEDS` names them, and a test fails without them.
 */
export function missing(name: ProxyName): string | false {
  const isNeeded = process.env['PAIRGATE_TEST_NEEDS']?.split(' ').includes(name)
  if (isNeeded || spawnSync(name, [LOOKS[name]]).error === undefined) return false
  return `NOT TESTED: ${name} is not installed`
}

/** A proxy on a file of `deploy/`, speaking TLS on 127.0.0.1. */
export interface RealProxy {
  readonly port: number
}

/** Starts the real program; it ends with the test. */
export async function startProxy(
  hooks: TestHooks,
  name: ProxyName,
  { file, places }: { readonly file: string; readonly places: Places },
): Promise<RealProxy> {
  const directory = mkdtempSync(join(tmpdir(), 'proxy-'))
  const port = await freePort()
  const log = join(directory, 'log')
  const args = name === 'nginx' ? nginx(directory, port) : caddy(directory, port)
  // What a proxy keeps for itself goes as well.
  const env = { ...process.env, XDG_CONFIG_HOME: directory, XDG_DATA_HOME: directory }
  const child = spawn('sh', ['-c', `exec "$@" >${log} 2>&1`, 'sh', name, ...args], { stdio: 'ignore', env })
  hooks.after(async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
    rmSync(directory, { recursive: true, force: true })
  })
  const names = NAMES.filter((each) => shippedFile(file).includes(each))
  for (const each of names)
    await within(ready(port, child, each), () => `${name} is ready: ${readFileSync(log, 'utf8')}`, START_MS)
  return { port }

  function nginx(home: string, at: number): readonly string[] {
    const { cert, key } = writeCertificate(home, 'app')
    const text = shippedFile(file, {
      ...places,
      'listen 443': `listen 127.0.0.1:${at}`,
      'listen [::]:443': `listen unix:${join(home, 'ipv6.sock')}`,
      '/etc/ssl/app.example.pem': cert,
      '/etc/ssl/app.example.key': key,
    })
    const kept = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (each) => `${each}_temp_path ${join(home, each)};`,
    )
    writeFileSync(
      join(home, 'nginx.conf'),
      `daemon off; pid ${join(home, 'pid')}; error_log stderr warn; events {}
http { access_log off; ${kept.join(' ')}
${text} }`,
    )
    return ['-p', home, '-c', join(home, 'nginx.conf')]
  }

  function caddy(home: string, at: number): readonly string[] {
    // With the line before it: the port of an app may begin with the same digits.
    const text = shippedFile(file, { ...places, '\n:443': `\n:${at}` })
    const options = ['admin off', 'skip_install_trust', 'local_certs', 'auto_https disable_redirects']
    writeFileSync(
      join(home, 'Caddyfile'),
      `{\n${options.join('\n')}\nhttps_port ${at}\ndefault_bind 127.0.0.1\n}\n${text}`,
    )
    return ['run', '--config', join(home, 'Caddyfile'), '--adapter', 'caddyfile']
  }
}

/** On a busy machine Caddy makes its authorities for a while. */
const START_MS = 30_000

/** Caddy makes its certificates one by one, while it is listening already. */
const NAMES = ['app.example', 'gateway.example']

/** Resolves when it speaks TLS under this name; fails when the program ends before that. */
async function ready(port: number, child: ChildProcess, servername: string): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername,
      rejectUnauthorized: false,
    })
    // A handshake that a proxy leaves waiting while it begins is tried again.
    const isOpen = await once(socket, 'secureConnect', { signal: AbortSignal.timeout(1_000) }).then(
      () => true,
      () => false,
    )
    socket.on('error', () => undefined).destroy()
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`the proxy ended with ${child.exitCode}`)
}
