import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { pair, refusedConnect } from '../harness/pair.ts'
import { expectClose, type WireClient } from '../harness/wire-client.ts'
import { eventually, within } from '../harness/within.ts'
import { changeConfig, reload, rewriteConfig } from './rewrite-config.ts'

const US = { client: { id: 'cli', mode: 'cli' }, scopes: ['operator.admin'], extended: true }

async function withToken(gateway: GatewayOfTest, token: string): Promise<WireClient> {
  const client = gateway.open()
  await client.hello({ ...US, auth: { token } })
  return client
}

/** Everybody who can be connected, each by another way in. */
async function everybody(gateway: GatewayOfTest) {
  const { device, client: byDeviceToken } = await pair(gateway)
  const deviceWithSecret = gateway.open()
  await deviceWithSecret.hello({ device, auth: { token: 'old-token' } })
  const bySecret = await withToken(gateway, 'old-token')
  const byPassword = gateway.open()
  await byPassword.hello({ ...US, auth: { password: 'the-password' } })
  return { bySecret, deviceWithSecret, byPassword, byDeviceToken, owner: await gateway.owner() }
}

describe('a changed shared token', () => {
  test('closes the sessions that used the old one, and only those (T26)', async (t) => {
    const auth = { token: 'old-token', password: 'the-password' }
    const gateway = await openGateway(t, { config: { auth } })
    const all = await everybody(gateway)
    const report = await changeConfig(gateway, { auth: { ...auth, token: 'new-token' } })

    assert.deepEqual(report, {
      ok: true,
      applied: ['gateway.auth.token'],
      needsRestart: [],
      overridden: [],
    })
    await expectClose(all.bySecret, 4001, 'gateway auth changed')
    await expectClose(all.deviceWithSecret, 4001, 'gateway auth changed')
    for (const client of [all.byPassword, all.byDeviceToken, all.owner]) await client.call('health')
  })

  test('is the only one that opens, from the answer on (T26)', async (t) => {
    const gateway = await openGateway(t, { config: { auth: { token: 'old-token' } } })
    await changeConfig(gateway, { auth: { token: 'new-token' } })

    const error = await refusedConnect(gateway, { ...US, auth: { token: 'old-token' } })
    assert.equal(error.details?.['code'], 'AUTH_TOKEN_MISMATCH')
    await (await withToken(gateway, 'new-token')).call('health')
  })

  test('serves nothing more on the old one once the change was answered (T26)', async (t) => {
    const gateway = await openGateway(t, { config: { auth: { token: 'old-token' } } })
    const old = await withToken(gateway, 'old-token')
    rewriteConfig(gateway, { auth: { token: 'new-token' } })
    const owner = await gateway.owner()
    await owner.call('config.reload')

    const heard = old.received.length
    old.post('device.pair.list')
    await expectClose(old, 4001, 'gateway auth changed')
    assert.equal(old.received.length, heard)
  })

  test('lets the reply leave first when its own session asked for the change (T26)', async (t) => {
    const gateway = await openGateway(t, { config: { auth: { token: 'old-token' } } })
    const old = await withToken(gateway, 'old-token')
    rewriteConfig(gateway, { auth: { token: 'new-token' } })

    assert.deepEqual(await old.call('config.reload'), {
      ok: true,
      applied: ['gateway.auth.token'],
      needsRestart: [],
      overridden: [],
    })
    await expectClose(old, 4001, 'gateway auth changed')
  })

  test('finds also those who are on their way in (T26)', async (t) => {
    const gateway = await openGateway(t, { config: { auth: { token: 'token-0' } } })
    const owner = await gateway.owner()
    for (let round = 1; round <= 10; round += 1) {
      const clients = Array.from({ length: 8 }, () => gateway.open())
      await Promise.all(clients.map((client) => client.challenge))
      rewriteConfig(gateway, { auth: { token: `token-${round}` } })
      const answers = clients.map((client) =>
        client.connect({ ...US, auth: { token: `token-${round - 1}` } }).catch(() => undefined),
      )
      await owner.call('config.reload')
      await within(Promise.all(answers), () => 'an answer for everybody')
      for (const client of clients) await within(client.closed, () => 'the end of an outdated session')
    }
  })

  test('counts as changed also when it is taken away, or derived instead (T26)', async (t) => {
    const gateway = await openGateway(t, { config: { auth: { mode: 'token', token: 'old-token' } } })
    const old = await withToken(gateway, 'old-token')
    await changeConfig(gateway, { auth: { mode: 'token' } })

    await expectClose(old, 4001, 'gateway auth changed')
    await refusedConnect(gateway, { ...US, auth: { token: 'old-token' } })
  })

  test('is not changed by a file that says the same in other words', async (t) => {
    const gateway = await openGateway(t, { config: { auth: { token: 'old-token' } } })
    const session = await withToken(gateway, 'old-token')
    const report = await changeConfig(gateway, {
      auth: { token: 'old-token', sharedSecret: 'on' },
    })

    assert.deepEqual(report, { ok: true, applied: [], needsRestart: [], overridden: [] })
    await session.call('health')
  })
})

test('a changed password closes the sessions that used it (T26)', async (t) => {
  const auth = { token: 'old-token', password: 'the-password' }
  const gateway = await openGateway(t, { config: { auth } })
  const { bySecret, byPassword } = await everybody(gateway)
  await changeConfig(gateway, { auth: { ...auth, password: 'another-one' } })

  await expectClose(byPassword, 4001, 'gateway auth changed')
  await bySecret.call('health')
})

test('switching the shared secret off closes all who used it (T26)', async (t) => {
  const auth = { token: 'old-token', password: 'the-password' }
  const gateway = await openGateway(t, { config: { auth } })
  const { bySecret, byPassword, byDeviceToken } = await everybody(gateway)
  await changeConfig(gateway, { auth: { ...auth, sharedSecret: 'off' } })

  await expectClose(bySecret, 4001, 'gateway auth changed')
  await expectClose(byPassword, 4001, 'gateway auth changed')
  await byDeviceToken.call('health')
})

test('a web origin that is taken off the list loses its open pages', async (t) => {
  const origins = ['https://a.example', 'https://b.example']
  const auth = { token: 'old-token' }
  const gateway = await openGateway(t, { config: { auth, controlUi: { allowedOrigins: origins } } })
  const pages = await Promise.all(
    origins.map(async (origin) => {
      const { device, token } = await pair(gateway)
      const page = gateway.open({ headers: { origin } })
      await page.hello({ device, auth: { deviceToken: token } })
      return page
    }),
  )
  await changeConfig(gateway, { auth, controlUi: { allowedOrigins: ['https://b.example'] } })

  const [first, second] = pages
  assert.ok(first && second)
  await expectClose(first, 4001, 'gateway auth changed')
  await second.call('health')
})

test('a host that is taken off the list loses the pages that came in by its name, and no program (T26)', async (t) => {
  const allowedHosts = ['old.example', 'new.example']
  const gateway = await openGateway(t, { config: { allowedHosts } })
  const pageOf = async (host: string) => {
    const { device, token, client } = await pair(gateway)
    const at = `${host}:${gateway.port}`
    const page = gateway.open({ headers: { host: at, origin: `http://${at}` } })
    await page.hello({ device, auth: { deviceToken: token } })
    return { page, client }
  }
  const old = await pageOf('old.example')
  await changeConfig(gateway, { allowedHosts: ['new.example', 'third.example', 'old.example'] })
  await old.page.call('health')

  await changeConfig(gateway, { allowedHosts: ['new.example'] })
  await expectClose(old.page, 4001, 'gateway auth changed')
  await old.client.call('health')
  const next = await pageOf('new.example')
  await next.page.call('health')
})

test('nobody is closed for a token that the environment overrides', async (t) => {
  const gateway = await openGateway(t, { env: { OPENCLAW_GATEWAY_TOKEN: 'from-outside' } })
  const session = await withToken(gateway, 'from-outside')
  const report = await changeConfig(gateway, { auth: { token: 'in-the-file' } })

  const overridden = [{ key: 'gateway.auth.token', by: 'OPENCLAW_GATEWAY_TOKEN' }]
  assert.deepEqual(report, { ok: true, applied: [], needsRestart: [], overridden })
  await session.call('health')
})

test('two changes at once are applied one after the other, and the last word of the file counts', async (t) => {
  const gateway = await openGateway(t, { config: { auth: { token: 'token-0' } } })
  const [one, other] = [await gateway.owner(), await gateway.owner()]
  const first = await withToken(gateway, 'token-0')
  rewriteConfig(gateway, { auth: { token: 'token-1' } })
  const asked = [one.call('config.reload'), other.call('config.reload')]
  rewriteConfig(gateway, { auth: { token: 'token-2' } })
  await Promise.all(asked)
  await reload(gateway)

  await expectClose(first, 4001, 'gateway auth changed')
  for (const token of ['token-0', 'token-1']) await refusedConnect(gateway, { ...US, auth: { token } })
  const last = await withToken(gateway, 'token-2')
  await eventually(() => last.isOpen, 'the newest session')
  await last.call('health')
})
