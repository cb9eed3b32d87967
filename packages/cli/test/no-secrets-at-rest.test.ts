import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

/** A secret, and every spelling in which it could have been written down. */
interface Secret {
  readonly what: string
  readonly spellings: readonly Buffer[]
}

const gateway: Machine = createMachine()
const phone: Machine = createMachine()
/** Everything that any process has printed. */
const printed: string[] = []
const secrets: Secret[] = []

before(async () => {
  const running = gateway.start(['gateway', 'run', '--port', '0', '--verbose'])
  const whole = collect(running, 580_000)
  const [, url = ''] = await waitForOutput(running, /listening on (ws:\S+)\n/)
  const say = async (machine: Machine, ...args: string[]) => {
    const result = await machine.run(args)
    printed.push(result.stdout, result.stderr)
    return result
  }
  const connect = [
    'connect',
    '--url',
    url,
    '--scope',
    'operator.read',
    '--scope',
    'operator.pairing',
    '--json',
  ]
  const waiting = phone.start(connect)
  const asked = collect(waiting)
  const [, requestId = ''] = await waitForOutput(waiting, /"requestId":"([^"]+)"/)
  await say(gateway, 'devices', 'approve', requestId)
  const first = await asked
  printed.push(first.stdout, first.stderr)
  noteToken('first')

  const deviceId = String(JSON.parse(first.stdout.trim().split('\n').at(-1) ?? '{}').deviceId)
  await say(phone, 'call', 'device.pair.list', '--url', url, '--json')
  await say(gateway, 'devices', 'rotate', '--device', deviceId, '--role', 'operator')
  await say(phone, ...connect)
  noteToken('rotated')
  for (const command of [['list'], ['list', '--json'], ['show', deviceId]])
    await say(gateway, 'devices', ...command)
  await say(gateway, 'devices', 'revoke', '--device', deviceId, '--role', 'operator')
  await say(phone, 'call', 'status', '--url', url, '--json')
  await say(gateway, 'gateway', 'status', '--json')
  await say(gateway, 'gateway', 'auth-token')

  notePrivateKey()
  noteHostKeys()
  running.kill('SIGTERM')
  const ended = await whole
  assert.equal(ended.code, 0, ended.stderr)
  printed.push(ended.stdout, ended.stderr)
})
after(() => {
  gateway.remove()
  phone.remove()
})

function noteToken(what: string): void {
  const text = readFileSync(join(phone.stateDir, 'identity', 'tokens.json'), 'utf8')
  const [token] = /pgd_[A-Za-z0-9_-]{50}/.exec(text) ?? []
  assert(token, 'the device stored no token')
  assert.equal(
    secrets.some(({ spellings }) => spellings[0]?.equals(Buffer.from(token))),
    false,
    'no new token came',
  )
  const raw = Buffer.from(token.slice(4, 47), 'base64url')
  secrets.push({ what: `${what} device token`, spellings: spell(token, raw) })
}
function notePrivateKey(): void {
  const pem = readFileSync(join(phone.stateDir, 'identity', 'device.pem'), 'utf8')
  const raw = Buffer.from(String(createPrivateKey(pem).export({ format: 'jwk' }).d), 'base64url')
  secrets.push({
    what: 'private key of the device',
    spellings: [...spell(undefined, raw), Buffer.from(pem.split('\n')[1] ?? pem)],
  })
}
function noteHostKeys(): void {
  for (const name of ['token.key', 'local.key', 'events.key']) {
    const text = readFileSync(join(gateway.stateDir, 'secrets', name), 'utf8').trim()
    secrets.push({ what: name, spellings: spell(text, Buffer.from(text, 'base64url')) })
  }
}
function spell(text: string | undefined, raw: Buffer): readonly Buffer[] {
  const said = [text, raw.toString('base64url'), raw.toString('base64'), raw.toString('hex')]
  return [...said.filter((each) => each !== undefined).map((each) => Buffer.from(each)), raw]
}

function* filesBelow(dir: string): Generator<string> {
  for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) yield join(entry.parentPath, entry.name)
  }
}
function assertAbsent(secret: Secret, bytes: Buffer, where: string): void {
  for (const spelling of secret.spellings)
    assert.equal(bytes.includes(spelling), false, `${secret.what} lies in ${where}`)
}

test('the story made two tokens, and the search knows what it looks for', () => {
  assert.deepEqual(
    secrets.map(({ what }) => what),
    [
      'first device token',
      'rotated device token',
      'private key of the device',
      'token.key',
      'local.key',
      'events.key',
    ],
  )
  const stored = readFileSync(join(phone.stateDir, 'identity', 'device.pem'))
  assert.equal(
    secrets[2]?.spellings.some((spelling) => stored.includes(spelling)),
    true,
  )
})
test("no file of the gateway holds a device's token or private key, in any spelling", () => {
  const files = [...filesBelow(gateway.stateDir)]
  assert.equal(
    files.some((file) => file.endsWith('pairgate.db')),
    true,
  )
  for (const file of files) {
    for (const secret of secrets.slice(0, 3)) assertAbsent(secret, readFileSync(file), file)
  }
})
test("the gateway's own keys lie in their files and nowhere else", () => {
  for (const file of filesBelow(gateway.stateDir)) {
    for (const secret of secrets.slice(3)) {
      if (!file.endsWith(secret.what)) assertAbsent(secret, readFileSync(file), file)
    }
  }
})
test('nothing that any process printed or logged holds a secret', () => {
  const text = Buffer.from(printed.join('\n'))
  assert.equal(text.includes('Gateway listening'), true)
  for (const secret of secrets) assertAbsent(secret, text, 'output')
})
test('the device keeps its own key and its last token, and no older one', () => {
  for (const file of filesBelow(phone.stateDir)) {
    const bytes = readFileSync(file)
    for (const secret of [secrets[0], secrets[3], secrets[4]]) if (secret) assertAbsent(secret, bytes, file)
  }
})
