import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, connect, createServer as createPlainServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ON_SQLITE } from '../harness/engine.ts'
import { openHttpClient } from '../harness/http-client.ts'
import { within } from '../harness/within.ts'
import { mint, openAccessWorld } from './access-world.ts'
import { makeProof } from './make-proof.ts'

// The configurations are those that docs/operations.md shows: what an operator copies is what is tested.
const page = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8')
const { gateway, pair } = await openAccessWorld(ON_SQLITE, true)

const seen: IncomingHttpHeaders[] = []
const app = createServer((request, response) => {
  seen.push(request.headers)
  response.end('the app')
})
app.listen(0, '127.0.0.1')
await once(app, 'listening')
after(() => app.close())
const appPort = (app.address() as AddressInfo).port

/** The fenced block of this kind, with the addresses of the test. */
function shown(kind: string): string {
  const [, block = ''] = new RegExp(`\`\`\`${kind}\\n(.*?)\`\`\``, 's').exec(page) ?? []
  return block
    .replaceAll('127.0.0.1:18789', `127.0.0.1:${gateway.port}`)
    .replace('proxy_pass http://app;', `proxy_pass http://127.0.0.1:${appPort};`)
    .replace('reverse_proxy app', `reverse_proxy 127.0.0.1:${appPort}`)
}

function nginxConfig(port: number, directory: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(directory, name)};`,
  )
  const server = `server { listen 127.0.0.1:${port}; server_name app.example; ${shown('nginx')} }`
  return `daemon off; pid ${join(directory, 'pid')}; error_log stderr warn; events {}
http { access_log off; ${paths.join(' ')} ${server} }`
}

function caddyConfig(port: number): string {
  return `{\n admin off\n auto_https off\n}\nhttp://app.example:${port} {\n${shown('caddy')}\n}\n`
}

interface ProxyProgram {
  readonly name: string
  readonly look: readonly string[]
  /** Writes its configuration and answers how it is started. */
  prepare(port: number, directory: string): readonly string[]
}

const PROGRAMS: readonly ProxyProgram[] = [
  {
    name: 'nginx',
    look: ['-v'],
    prepare(port, directory) {
      const file = join(directory, 'nginx.conf')
      writeFileSync(file, nginxConfig(port, directory))
      return ['-p', directory, '-c', file]
    },
  },
  {
    name: 'caddy',
    look: ['version'],
    prepare(port, directory) {
      const file = join(directory, 'Caddyfile')
      writeFileSync(file, caddyConfig(port))
      return ['run', '--config', file, '--adapter', 'caddyfile']
    },
  },
]

async function freePort(): Promise<number> {
  const server = createPlainServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves when something listens; fails when the program ends before that. */
async function listening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (isOpen) return
  }
  throw new Error(`the proxy ended with ${child.exitCode}`)
}

for (const { name, look, prepare } of PROGRAMS) {
  const isMissing = spawnSync(name, [...look]).error !== undefined
  describe(`${name} asks the gateway`, { skip: isMissing && `${name} is not installed` }, () => {
    test('who has a token reaches the app, which reads who it is and never the token (T30)', async (context) => {
      const directory = mkdtempSync(join(tmpdir(), 'proxy-'))
      const port = await freePort()
      // What a proxy keeps for itself goes as well.
      const env = { ...process.env, XDG_CONFIG_HOME: directory, XDG_DATA_HOME: directory }
      const child = spawn(name, [...prepare(port, directory)], { stdio: 'ignore', env })
      const client = openHttpClient({ port })
      context.after(async () => {
        client.close()
        child.kill('SIGTERM')
        if (child.exitCode === null) await once(child, 'exit')
        rmSync(directory, { recursive: true, force: true })
      })
      await within(listening(port, child), () => `${name} listens`)
      const Host = `app.example:${port}`
      const ask = (headers: Readonly<Record<string, string>>, path = '/a?b=c') =>
        client.get(path, {
          Host,
          'X-Pairgate-Device': 'forged',
          'X-Pairgate-Scopes': 'operator.admin',
          ...headers,
        })

      const paired = await pair()
      const { device, token } = paired
      const audience = `http://app.example:${port}`
      const { accessToken } = await mint(paired.client, { audience })
      const Authorization = `Bearer ${accessToken}`

      assert.equal((await ask({})).status, 401)
      assert.equal((await ask({ Authorization: 'Bearer pga_wrong' })).status, 401)
      const forged = { 'X-Forwarded-Host': 'other.example', 'X-Original-URL': 'https://other.example/' }
      const elsewhere = await mint(paired.client, { audience: 'https://other.example' })
      assert.equal((await ask({ ...forged, Authorization: `Bearer ${elsewhere.accessToken}` })).status, 401)
      assert.equal(seen.length, 0)

      const answer = await ask({ Authorization })
      assert.deepEqual([answer.status, answer.body], [200, 'the app'])
      const url = `${audience}/a`
      const first = await makeProof({
        device,
        token,
        url,
        claims: { iat: Math.floor(Date.now() / 1_000) - 50 },
      })
      const { headers } = await ask({ Authorization: `DPoP ${token}`, DPoP: first })
      const nonce = String(headers['dpop-nonce'])
      const proof = await makeProof({ device, token, url, nonce })
      assert.equal((await ask({ Authorization: `DPoP ${token}`, DPoP: proof })).status, 200)
      assert.equal((await ask({ Authorization: `DPoP ${token}`, DPoP: proof })).status, 401)
      assert.equal(seen.length, 2)
      for (const got of seen.splice(0)) {
        const told = [got['x-pairgate-device'], got['x-pairgate-role'], got['x-pairgate-scopes']]
        assert.deepEqual(told, [device.id, 'operator', 'operator.read'])
        assert.equal(got.authorization, undefined)
      }
    })
  })
}
