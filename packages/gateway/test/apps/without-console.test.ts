import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { openGateway } from '../harness/gateway-of-test.ts'
import { pair } from '../harness/pair.ts'
import { freePort } from '../house/free-port.ts'
import { ask } from '../proxy/proxy-world.ts'
import { openUpstream } from '../proxy/upstream-of-test.ts'

async function start(path: string, enabled = false) {
  const port = await freePort()
  const upstream = await openUpstream({ after })
  const upstreams = [{ match: { path }, target: upstream.target, scope: 'operator.read' }]
  const gateway = await openGateway(
    { after },
    {
      flags: { port: String(port) },
      config: { controlUi: { enabled }, upstreams },
      sections: { upstreams: { port, plainCookies: true } },
    },
  )
  return { gateway, port }
}

describe('a gateway without pages', () => {
  test('shares its port with upstreams, and keeps what is its own', async () => {
    const { gateway, port } = await start('/app')
    const at = (path: string, headers = {}) => ask({ port, headers }, path)
    assert.equal(gateway.running.upstreamsPort, port)
    assert.equal((await at('/healthz')).status, 200)
    assert.equal((await at('/__pairgate__/verify')).status, 401)
    for (const path of ['/', '/__pairgate__/pair', '/appendix', '/app;x'])
      assert.equal((await at(path)).status, 404, path)
    // A browser is sent nowhere: there is no page that could let it in.
    const seen = await at('/app/x', { accept: 'text/html', 'sec-fetch-mode': 'navigate' })
    assert.deepEqual([seen.status, seen.headers['set-cookie']], [401, undefined])
    const { client, token, device } = await pair(gateway, { scopes: ['operator.read'], extended: true })
    assert.ok(token && device)
    const { accessToken } = await client.call<{ accessToken: string }>('device.token.access', {})
    const through = await ask({ port, token: accessToken }, '/app/x')
    assert.deepEqual([through.status, through.body], [200, 'fine'])
  })

  test('does not start with an upstream in the place of its own paths, or with the pages on', async () => {
    for (const path of ['/', '/j', '/__pairgate__/x', '/healthz'])
      await assert.rejects(start(path), /at which the gateway itself answers on this port/)
    await assert.rejects(start('/app', true), /set gateway\.controlUi\.enabled to false/)
  })
})
