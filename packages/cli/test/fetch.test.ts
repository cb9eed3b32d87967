import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { freePort, startApp } from './app-of-test.ts'
import { letIn, startHost } from './host-of-test.ts'
import { COMMAND, collect, createMachine, WHAT_RUNS, waitForOutput } from './run-cli.ts'

const hasTerminals = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0
const noTerminal = hasTerminals ? false : '`script` of util-linux is not installed'

const MIB = 1_024 * 1_024
const BIG = 40 * MIB
const PIECE = Buffer.from(Array.from({ length: 65_536 }, (_, at) => at % 256))

const app = await startApp({ after }, serve)
const port = await freePort()
const below = (path: string, scope: string) => ({ match: { path }, target: app.target, scope })
const place = await startHost(
  { after },
  {
    gateway: { upstreams: [below('/app', 'operator.read'), below('/write', 'operator.write')] },
    upstreams: { port },
  },
)
const { host, url } = place
const origin = `http://127.0.0.1:${port}`
const named = ['--app-origin', origin]
const phone = await letIn({ after }, place)

function serve(request: IncomingMessage, response: ServerResponse): void {
  const [path = '', query] = (request.url ?? '').split('?')
  if (path === '/app/big') return sendBig(response)
  if (path === '/app/echo') return void echo(request, response).catch(() => response.destroy())
  if (path === '/app/status') return void response.writeHead(Number(query)).end('what the app says')
  if (path === '/app/away') return void response.writeHead(302, { location: 'https://else.example/' }).end()
  if (path === '/app/own') return void response.writeHead(401, { 'www-authenticate': 'Basic' }).end('whoever')
  if (path === '/app/silent') return
  if (path === '/app/slow') return void response.write('first\n')
  if (path === '/app/hostile') return void response.end('a\u001b[2Jb\rc\r\nd\te\u202e\n')
  response.setHeader('x-odd', 'one\u009btwo')
  response.end(Buffer.from([0, 255, 10, 27, 65]))
}
function sendBig(response: ServerResponse): void {
  let left = BIG
  const more = (): void => {
    while (left > 0) {
      left -= PIECE.length
      if (!response.write(PIECE)) return void response.once('drain', more)
    }
    response.end()
  }
  more()
}
async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hash = createHash('sha256')
  let size = 0
  for await (const piece of request) {
    hash.update(piece)
    size += piece.length
  }
  const { method, headers } = request
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ method, headers, size, sha256: hash.digest('hex') }))
}
async function json(args: readonly string[], code = 0) {
  const result = await phone.run(['fetch', ...args, '--json'])
  assert.equal(result.code, code, result.stdout + result.stderr)
  return JSON.parse(result.stdout)
}

test('a route of the gateway is asked with the device token and a proof', async () => {
  const { code, stdout, stderr } = await phone.run(['fetch', '/__pairgate__/verify', '--url', url, '-i'])
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /^HTTP\/1\.1 204 No Content\n[\s\S]*x-pairgate-device: [0-9a-f]{64}\n[\s\S]*\n\n$/)
  // An address at which this machine is paired names its gateway by itself.
  const { status, headers } = await json([`${url.replace('ws', 'http')}/__pairgate__/verify`])
  assert.deepEqual([status, headers['x-pairgate-scopes']], [204, 'operator.read'])
  const access = await json([`/__pairgate__/verify`, '--url', url, '--access-token'])
  assert.equal(access.status, 204)
  const named = await phone.run(['fetch', '/__pairgate__/verify'], { OPENCLAW_GATEWAY_URL: url })
  assert.equal(named.code, 0, named.stderr)
})

test('an app is asked with an access token for it alone, byte by byte', async () => {
  const child = phone.start(['fetch', `${origin}/app/x?y=z`, '--url', url, ...named])
  const pieces: Buffer[] = []
  child.stdout?.on('data', (piece: Buffer) => pieces.push(piece))
  assert.equal((await new Promise((done) => child.once('close', done))) as number, 0)
  assert.deepEqual([...Buffer.concat(pieces)], [0, 255, 10, 27, 65])
  const { url: target, headers } = app.arrived.at(-1) ?? assert.fail()
  assert.equal(target, '/app/x?y=z')
  assert.deepEqual([headers.authorization, headers['dpop']], [undefined, undefined])
})

test('a host that is neither the gateway nor named gets nothing, not even a connection', async (t) => {
  let connections = 0
  const stranger = createServer((_request, response) => response.end())
  stranger.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((done) => stranger.listen(0, '127.0.0.1', done))
  t.after(() => stranger.close())
  t.after(() => stranger.closeAllConnections())
  const there = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
  const bare = await phone.run(['fetch', `${there}/x`, '--url', url])
  assert.equal(bare.code, 1)
  assert.ok(bare.stderr.includes('is not the gateway that this machine is paired with. Nothing was sent.'))
  assert.ok(bare.stderr.includes(`--app-origin ${there}`), bare.stderr)
  const other = await phone.run(['fetch', `${there}/x`, '--url', url, ...named])
  assert.equal(other.code, 1)
  assert.equal(connections, 0)
})

test('who is named by mistake gets a token that opens nothing, and never that of the device', async (t) => {
  const seen: string[] = []
  const stranger = createServer(({ headers }, response) => {
    seen.push(`${headers.authorization} ${headers['dpop']}`)
    response.end()
  })
  await new Promise<void>((done) => stranger.listen(0, '127.0.0.1', done))
  t.after(() => stranger.close())
  t.after(() => stranger.closeAllConnections())
  const there = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
  assert.equal((await phone.run(['fetch', `${there}/`, '--url', url, '--app-origin', there])).code, 0)
  const [, token = ''] = /^Bearer (pga_\S+) undefined$/.exec(seen[0] ?? '') ?? []
  const verify = `${url.replace('ws', 'http')}/__pairgate__/verify`
  for (const place of [verify, `${origin}/app/x`])
    assert.equal((await fetch(place, { headers: { authorization: `Bearer ${token}` } })).status, 401)
})

test('method, headers and body go as they were given', async () => {
  const echoed = async (...flags: readonly string[]) => {
    const { body } = await json([`${origin}/app/echo`, '--url', url, ...named, ...flags])
    return JSON.parse(body)
  }
  const posted = await echoed('-d', '{"a":1}', '-H', 'X-Mine: one', '--header', 'x-other:two ')
  assert.deepEqual([posted.method, posted.size], ['POST', 7])
  const { 'x-mine': mine, 'x-other': other, 'content-type': type, 'content-length': length } = posted.headers
  assert.deepEqual([mine, other, type, length], ['one', 'two', 'application/json', '7'])
  const text = await echoed('-X', 'put', '-d', 'täxt', '-H', 'content-type: text/odd')
  assert.deepEqual([text.method, text.size, text.headers['content-type']], ['PUT', 5, 'text/odd'])
  assert.equal((await echoed('--method', 'DELETE')).method, 'DELETE')
})

test('a file and standard input are sent piece by piece', async () => {
  const file = join(phone.stateDir, 'upload')
  const text = 'x'.repeat(5_000_000)
  writeFileSync(file, text)
  const sha256 = createHash('sha256').update(text).digest('hex')
  const args = ['fetch', `${origin}/app/echo`, '--url', url, ...named]
  const ofFile = await phone.run([...args, '-d', `@${file}`])
  const ofPipe = await phone.pipe([...args, '-d', '-', '-X', 'PUT'], text)
  for (const { code, stdout, stderr } of [ofFile, ofPipe]) {
    assert.equal(code, 0, stderr)
    const told = JSON.parse(stdout)
    assert.deepEqual([told.size, told.sha256], [5_000_000, sha256])
  }
  assert.equal(JSON.parse(ofFile.stdout).headers['content-length'], '5000000')
  const nowhere = join(phone.stateDir, 'nowhere')
  const missing = await phone.run([...args, '-d', `@${nowhere}`])
  assert.deepEqual(
    [missing.code, missing.stderr],
    [1, `The file of --data cannot be read: ${nowhere} (ENOENT).\n`],
  )
})

test('an upload takes no memory by its length', { skip: process.platform !== 'linux' }, async () => {
  const file = join(phone.stateDir, 'long')
  writeFileSync(file, '')
  truncateSync(file, 512 * MIB)
  const child = phone.startPiped(['fetch', `${origin}/app/echo`, '--url', url, ...named, '-d', '-'])
  const whole = collect(child)
  let mostKib = 0
  const sent = createReadStream(file)
  sent.on('data', () => {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
    mostKib = Math.max(mostKib, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
  })
  if (child.stdin) sent.pipe(child.stdin)
  const { code, stdout, stderr } = await whole
  assert.equal(code, 0, stderr)
  assert.equal(JSON.parse(stdout).size, 512 * MIB)
  assert.ok(mostKib > 0 && mostKib < 400 * 1_024, `${mostKib} KiB`)
})

test('an upload that is refused says why, and does not wait for the rest of its input', async () => {
  const child = phone.startPiped(['fetch', `${origin}/write/x`, '--url', url, ...named, '-d', '-'])
  const whole = collect(child)
  child.stdin?.write('the beginning, and then nothing')
  const { code, stderr } = await whole
  assert.equal(code, 22, stderr)
  assert.match(stderr, /the token does not hold the scope operator\.write\n/)
})

test('a large answer goes to a file, to a pipe, and to one that has seen enough', async () => {
  const file = join(phone.stateDir, 'download')
  const args = ['fetch', `${origin}/app/big`, '--url', url, ...named]
  const told = await json([...args.slice(1), '-o', file])
  assert.deepEqual([told.output, told.bytes], [file, BIG])
  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
  const whole = sha256(readFileSync(file))

  const child = phone.start(args)
  const hash = createHash('sha256')
  child.stdout?.on('data', (piece: Buffer) => hash.update(piece))
  assert.equal(await new Promise((done) => child.once('close', done)), 0)
  assert.equal(hash.digest('hex'), whole)

  const cut = phone.start(args)
  cut.stdout?.once('data', () => cut.stdout?.destroy())
  const stderr: string[] = []
  cut.stderr?.on('data', (piece) => stderr.push(String(piece)))
  assert.equal(await new Promise((done) => cut.once('close', done)), 0)
  assert.deepEqual(stderr, [])
})

test('a status of 400 or more is an exit code of its own, and its answer takes no place of a file', async () => {
  const file = join(phone.stateDir, 'refused')
  const args = ['fetch', `${origin}/app/status?404`, '--url', url, ...named]
  const { code, stdout, stderr } = await phone.run([...args, '-o', file])
  assert.deepEqual([code, stdout, stderr], [22, 'what the app says', 'HTTP 404 Not Found\n'])
  assert.equal(existsSync(file), false)
  const told = await json(args.slice(1), 22)
  assert.deepEqual([told.ok, told.status, told.body], [false, 404, 'what the app says'])
})

test('what is refused is told in words, with what to do next', async () => {
  const scope = await phone.run(['fetch', `${origin}/write/x`, '--url', url, ...named])
  assert.equal(scope.code, 22)
  assert.match(scope.stderr, /^HTTP 403 Forbidden: the token does not hold the scope operator\.write\n/)
  assert.match(scope.stderr, /openclaw connect --url \S+ --scope <scopes…> operator\.write\n$/)
  const own = await phone.run(['fetch', `${origin}/app/own`, '--url', url, ...named])
  assert.equal(own.code, 22)
  assert.match(own.stderr, /^HTTP 401 Unauthorized: refused, but not for the token\n/)
  assert.equal(own.stdout, 'whoever')
  const admin = await phone.run([
    'fetch',
    '/__pairgate__/verify/operator.admin',
    '--url',
    url,
    '--access-token',
  ])
  assert.match(admin.stderr, /An access token never holds operator\.admin\.\n$/)
})

test('a redirect is told and not followed', async () => {
  const { code, stderr } = await phone.run(['fetch', `${origin}/app/away`, '--url', url, ...named])
  assert.deepEqual(
    [code, stderr],
    [0, 'HTTP 302: it leads to https://else.example/, which was not followed.\n'],
  )
})

test('who does not answer is waited for as long as was said', async () => {
  const args = ['fetch', `${origin}/app/silent`, '--url', url, ...named, '--timeout', '2000']
  const { code, stderr } = await phone.run(args)
  assert.equal(code, 1)
  assert.match(stderr, /^gateway timeout after 2000ms\n/)
})

test('what comes is printed at once, and not when all of it is there', async () => {
  const child = phone.start(['fetch', `${origin}/app/slow`, '--url', url, ...named])
  const ended = collect(child)
  await waitForOutput(child, /^first\n/)
  child.kill('SIGTERM')
  assert.equal((await ended).code, null)
})

test('a terminal is shown the letters that it would obey, and a pipe gets them', {
  skip: noTerminal,
}, async () => {
  const args = ['fetch', `${origin}/app/hostile`, '--url', url, ...named]
  const words = [process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(' ')
  const env = { ...process.env, ...WHAT_RUNS, PAIRGATE_STATE_DIR: phone.stateDir, TERM: 'xterm' }
  const { stdout } = await collect(spawn('script', ['-qec', words, '/dev/null'], { env }))
  assert.equal(stdout.replaceAll('\r', ''), 'a\\u{1b}[2Jb\\u{d}c\nd\te\\u{202e}\n')
  assert.equal((await phone.run(args)).stdout, 'a\u001b[2Jb\rc\r\nd\te\u202e\n')
})

test('letters of an answer that a terminal would obey are made visible in its headers', async () => {
  const { stdout } = await phone.run(['fetch', `${origin}/app/x`, '--url', url, ...named, '-i'])
  assert.ok(stdout.includes('x-odd: one\\u{9b}two'), stdout)
})

test('what cannot be meant is refused before anything is sent', async () => {
  const before = app.arrived.length
  const secret = `pgd_${'A'.repeat(43)}`
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [['/x', '-H', 'Authorization: Bearer x'], /^The header "Authorization" is not yours to set/],
    [['/x', '-H', 'dpop: x'], /^The header "dpop" is not yours to set/],
    [['/x', '-H', 'Host: x'], /^The header "Host" belongs to the connection/],
    [['/x', '-H', 'no header'], /^Invalid --header\./],
    [['/x', '-H', 'a: ü€'], /holds a letter that a header cannot carry/],
    [['/x', '-X', 'G T'], /^Invalid --method\./],
    [['/x', '-X', 'GET', '-d', 'text'], /^A GET request has no body\./],
    [['ftp://gate.example/'], /^Invalid address /],
    [['//gate.example/'], /^Invalid address /],
    [['http://user:word@127.0.0.1/'], /^The address carries a user or a password\./],
    [[`/x?token=${secret}`], /^There is a token in the address\./],
    [[`/x?token=%70gd_${'A'.repeat(43)}`], /^There is a token in the address\./],
    [['https://gate.example/x', '--app-origin', 'https://gate.example:1'], /--app-origin names/],
  ]
  for (const [args, said] of refusals) {
    const { code, stdout, stderr } = await phone.run(['fetch', ...args, '--url', url])
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, said)
    assert.ok(!stderr.includes(secret))
  }
  assert.equal(app.arrived.length, before)
})

test('a machine that is not paired is told how to be', async (t) => {
  const stranger = createMachine()
  t.after(() => stranger.remove())
  const { code, stderr } = await stranger.run(['fetch', '/__pairgate__/verify', '--url', url])
  assert.equal(code, 1)
  assert.ok(stderr.startsWith(`This machine is not paired with the gateway at ${url}.\n`), stderr)
  assert.ok(stderr.includes(`openclaw connect --url ${url}`))
  assert.equal(existsSync(join(stranger.stateDir, 'identity')), false)
})

test('a revoke ends what is under way and what comes after it, and the words say what to do', async (t) => {
  const tablet = await letIn(t, place)
  const { stdout: shown } = await tablet.run(['fetch', '/__pairgate__/verify', '--url', url, '-i'])
  const [, device = ''] = /x-pairgate-device: ([0-9a-f]{64})/.exec(shown) ?? []
  const reading = tablet.start(['fetch', `${origin}/app/echo`, '--url', url, ...named, '-d', '@/dev/zero'])
  const whole = collect(reading)
  const before = app.arrived.length
  while (app.arrived.length === before) await new Promise((done) => setTimeout(done, 20))
  assert.equal((await host.run(['devices', 'revoke', '--device', device, '--role', 'operator'])).code, 0)
  assert.equal((await whole).code, 1)
  const { code, stderr } = await tablet.run(['fetch', '/__pairgate__/verify', '--url', url])
  assert.equal(code, 22)
  assert.match(stderr, /^HTTP 401 Unauthorized: the token of this machine is not taken \(any more\)\n/)
  assert.ok(stderr.includes(`openclaw connect --url ${url}`))
})
