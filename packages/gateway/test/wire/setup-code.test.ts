import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { parseSetupCode } from '@pairgate/protocol'
import type { SetupCodeResult, SetupCompletion, SetupStatusResult } from '@pairgate/protocol/wire'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { WireClient } from '../harness/wire-client.ts'

const TOKEN = 'the-shared-token'
const gateway = await openGateway({ after }, { config: { auth: { token: TOKEN } } })
const LOCAL = { publicUrl: gateway.url, includeQr: false }

/** A client as OpenClaw has them, with the shared secret. */
async function operator(extended: boolean, ...scopes: string[]): Promise<WireClient> {
  const client = gateway.open()
  await client.hello({ client: { id: 'cli', mode: 'cli' }, auth: { token: TOKEN }, extended, scopes })
  return client
}
async function redeem(bootstrapToken: string, at: GatewayOfTest = gateway) {
  const device = makeDevice()
  const client = at.open()
  const node = { id: 'node-host', mode: 'node', displayName: 'Box' }
  const hello = await client.hello({
    device,
    client: node,
    role: 'node',
    scopes: [],
    auth: { bootstrapToken },
  })
  return { device, client, hello }
}
const secretOf = ({ setupCode }: SetupCodeResult) => parseSetupCode(setupCode)?.bootstrapToken ?? ''

describe('a setup code', () => {
  test('is served to admins and told of to nobody', async () => {
    const admin = gateway.open()
    const hello = await admin.hello({
      client: { id: 'cli', mode: 'cli' },
      auth: { token: TOKEN },
      scopes: ['operator.admin'],
    })
    assert.ok(!hello.features.methods.some((name) => name.startsWith('device.pair.setup')))
    assert.equal((await admin.call<SetupCodeResult>('device.pair.setupCode', LOCAL)).access, 'full')

    const lesser = await operator(false, 'operator.pairing')
    const refused = await lesser.request('device.pair.setupCode', LOCAL)
    assert.deepEqual(refused.error?.details?.['missingScope'], 'operator.admin')
  })

  test('tells who made it once it is used, by event and by status', async () => {
    const [openclaw, own] = [await operator(false, 'operator.admin'), await operator(true, 'operator.admin')]
    const params = { ...LOCAL, bootstrapProfile: 'node' }
    const made = await openclaw.call<SetupCodeResult>('device.pair.setupCode', params)
    const { setupId } = made
    assert.deepEqual(await openclaw.call<SetupStatusResult>('device.pair.setupStatus', { setupId }), {})

    const { device } = await redeem(secretOf(made))
    const { payload } = await openclaw.nextEvent('device.pair.setup.completed')
    const told = payload as unknown as SetupCompletion
    assert.deepEqual(told, { setupId, deviceId: device.id, deviceName: 'Box', access: 'node', ts: told.ts })
    const { completion } = await openclaw.call<SetupStatusResult>('device.pair.setupStatus', { setupId })
    assert.deepEqual({ ...completion, ts: told.ts }, told)

    for (const state of ['created', 'redeemed']) {
      const heard = await own.nextEvent('device.pair.invitation')
      assert.deepEqual([heard.payload['id'], heard.payload['state']], [setupId, state])
    }
    assert.equal(own.events('device.pair.setup.completed').length, 0)
    assert.equal(openclaw.events('device.pair.invitation').length, 0)
  })
})

describe('a join link', () => {
  async function makeLink(): Promise<{ readonly link: string; readonly made: SetupCodeResult }> {
    const made = await (await gateway.owner()).call<SetupCodeResult>('device.pair.setupCode', {
      ...LOCAL,
      joinUrl: true,
    })
    return { link: made.joinUrl ?? '', made }
  }
  const ask = async (link: string, method = 'GET') => {
    const response = await fetch(link, { method })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  test('answers what the setup code holds, once, and keeps it out of caches', async () => {
    const { link, made } = await makeLink()
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      assert.deepEqual((await ask(link, method)).text, '{"error":"not_found"}')
    assert.equal((await ask(link, 'HEAD')).status, 404)
    assert.equal((await ask(`${link}?x=1`)).status, 404)

    const { status, headers, text } = await ask(link)
    assert.equal(status, 200)
    assert.deepEqual(JSON.parse(text), parseSetupCode(made.setupCode))
    assert.deepEqual(
      ['content-type', 'cache-control', 'referrer-policy', 'x-content-type-options'].map((name) =>
        headers.get(name),
      ),
      ['application/json; charset=utf-8', 'no-store', 'no-referrer', 'nosniff'],
    )
    assert.equal((await ask(link)).status, 404)
    const { hello } = await redeem(JSON.parse(text).bootstrapToken)
    assert.ok(hello.auth.deviceToken)
  })

  test('answers alike when it is unknown, misspelt or cancelled', async () => {
    const { link, made } = await makeLink()
    await (await gateway.owner()).call('device.pair.cancelInvitation', { id: made.setupId })
    const base = new URL('/j/', link).href
    for (const end of [link.slice(base.length), 'nope', 'A'.repeat(22), `${'A'.repeat(21)}B`])
      assert.deepEqual([end, (await ask(base + end)).text], [end, '{"error":"not_found"}'])
  })

  test('is no secret by itself: its code opens nothing', async () => {
    const { link } = await makeLink()
    const error = await refusedConnect(gateway, {
      device: makeDevice(),
      auth: { bootstrapToken: link.slice(-22) },
      role: 'node',
      scopes: [],
    })
    assert.equal(error.details?.['code'], 'AUTH_BOOTSTRAP_TOKEN_INVALID')
  })

  test('cannot be searched for: who asks too often is told to wait', async (t) => {
    const config = { limits: { failuresPerPeer: 3 } }
    const own = await openGateway(t, { config })
    const url = `${own.url.replace('ws', 'http')}/j/${'A'.repeat(22)}`
    const answers = [await ask(url), await ask(url), await ask(url), await ask(url)]
    assert.deepEqual(
      answers.map(({ status }) => status),
      [404, 404, 404, 429],
    )
    assert.equal(answers.at(-1)?.text, '{"error":"rate_limited"}')
  })
})
