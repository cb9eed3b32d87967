import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  connectAsDevice,
  connectGateway,
  connectWithSecret,
  createFetch,
  createFileTokenStore,
  createMemoryTokenStore,
  type DeviceKey,
  loadOrCreateFileKey,
} from '@pairgate/client'
import { collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

const host = createMachine()
const [owner, thief] = [createMachine(), createMachine()]
const gateway = host.start(['gateway', 'run', '--port', '0'])
const ended = collect(gateway, 580_000)
const keyFile = (machine: Machine): string => join(machine.stateDir, 'identity/device.pem')
const tokenFile = (machine: Machine): string => join(machine.stateDir, 'identity/tokens.json')
const READER = ['operator.read']
let url = ''
let stolen = ''
/** Of device B, the thief's. */
let key: DeviceKey

before(async () => {
  const [, found = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  url = found
  const connect = owner.start(['connect', '--url', url, '--json'])
  const whole = collect(connect)
  const [, requestId = ''] = await waitForOutput(connect, /"requestId":"([^"]+)"/)
  assert.equal((await host.run(['devices', 'approve', requestId])).code, 0)
  assert.equal((await whole).code, 0)
  stolen = JSON.parse(readFileSync(tokenFile(owner), 'utf8')).tokens[0].token
  assert.match(stolen, /^pgd_/)
  // Device B asks as well, and nobody says yes.
  await thief.run(['connect', '--url', url, '--no-wait', '--json'])
  key = await loadOrCreateFileKey(keyFile(thief))
})
after(async () => {
  gateway.kill('SIGTERM')
  await ended
  for (const machine of [host, owner, thief]) machine.remove()
})

describe('a token file that was copied to a device with another key is refused everywhere (T04)', () => {
  test('by the command, as the file was and with the id of B written into it', async () => {
    copyFileSync(tokenFile(owner), tokenFile(thief))
    const asItWas = await thief.run(['call', 'health', '--url', url, '--json'])
    assert.equal(asItWas.code, 1, asItWas.stdout)

    const text = readFileSync(tokenFile(owner), 'utf8')
    const { deviceId } = JSON.parse(text).tokens[0]
    writeFileSync(tokenFile(thief), text.replaceAll(deviceId, key.deviceId), { mode: 0o600 })
    const rewritten = await thief.run(['call', 'health', '--url', url, '--json'])
    assert.equal(rewritten.code, 1, rewritten.stdout)
    assert.match(rewritten.stdout + rewritten.stderr, /device token mismatch|AUTH_DEVICE_TOKEN_MISMATCH/)
    assert.doesNotMatch(rewritten.stdout + rewritten.stderr, new RegExp(stolen))
  })

  test('by the library, in whatever field it is brought', async () => {
    const target = { url, key, scopes: READER, tokens: createMemoryTokenStore() }
    await target.tokens.save(url, key.deviceId, 'operator', { token: stolen, scopes: READER })
    await assert.rejects(connectAsDevice(target), { code: 'AUTH_DEVICE_TOKEN_MISMATCH' })

    await target.tokens.save(url, key.deviceId, 'operator', { token: stolen, scopes: READER })
    const error = await connectGateway(target).ended
    assert.equal(Object(error).code, 'AUTH_DEVICE_TOKEN_MISMATCH')

    const empty = { ...target, tokens: createMemoryTokenStore() }
    for (const brought of [{ token: stolen }, { password: stolen }, { invitation: stolen }])
      await assert.rejects(
        connectAsDevice({ ...empty, ...brought }),
        { name: 'ClientError' },
        JSON.stringify(brought),
      )
  })

  test('without any device', async () => {
    for (const secret of [{ token: stolen }, { password: stolen }])
      await assert.rejects(connectWithSecret({ url, scopes: READER, ...secret }), { name: 'ClientError' })
  })

  test("by HTTP, with and without a proof of B's key", async () => {
    const address = `${url.replace('ws', 'http')}/__pairgate__/verify`
    for (const scheme of ['Bearer', 'DPoP'])
      assert.equal((await fetch(address, { headers: { authorization: `${scheme} ${stolen}` } })).status, 401)
    const tokens = createMemoryTokenStore()
    await tokens.save(url, key.deviceId, 'operator', { token: stolen, scopes: READER })
    assert.equal((await createFetch({ url, key, tokens })(address)).status, 401)
  })

  test('and device A goes on as before, by the command and by signed HTTP', async () => {
    const health = await owner.run(['call', 'health', '--url', url, '--json'])
    assert.equal(health.code, 0, health.stderr)
    const own = await loadOrCreateFileKey(keyFile(owner))
    const fetchSigned = createFetch({ url, key: own, tokens: createFileTokenStore(tokenFile(owner)) })
    const response = await fetchSigned('/__pairgate__/verify')
    assert.equal(response.status, 204, await response.text())
  })
})
