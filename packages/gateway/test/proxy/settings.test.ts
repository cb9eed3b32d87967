import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { after, describe, test } from 'node:test'
import { openGateway } from '../harness/gateway-of-test.ts'

const GOOD = { match: { path: '/app' }, target: 'http://127.0.0.1:3000', auth: 'public' }
const start = (upstreams: unknown, config: object = {}, sections: object = { upstreams: { port: 0 } }) =>
  openGateway({ after }, { config: { ...config, upstreams }, sections: sections as Record<string, unknown> })

describe('a gateway with upstreams', () => {
  test('does not start with an entry that cannot be meant, and names the field', async () => {
    await assert.rejects(
      start([GOOD, { ...GOOD, target: 'x' }]),
      /"gateway\.upstreams" in .* cannot be used: Entry 2, target: "x" is no address/,
    )
    await assert.rejects(start('x'), /"gateway\.upstreams" in .* is "x"\. Use a list/)
  })
  for (const host of ['127.0.0.1', 'localhost', hostname(), 'gateway.example', 'console.example']) {
    test(`does not start with an app on its own name ${host}, whose pages would be its own`, async () => {
      const config = {
        allowedHosts: ['gateway.example'],
        controlUi: { allowedOrigins: ['https://console.example'] },
      }
      await assert.rejects(
        start([{ ...GOOD, match: { host, path: '/app' } }], config),
        /by which the gateway itself is called/,
      )
    })
  }
  test('does not start on one port for both', async () => {
    const options = {
      flags: { port: '18999' },
      config: { upstreams: [GOOD] },
      sections: { upstreams: { port: 18_999 } },
    }
    await assert.rejects(openGateway({ after }, options), /upstreams\.port is the same as gateway\.port/)
  })
  test('opens no second port for nothing', async () => {
    assert.equal((await start([])).running.upstreamsPort, undefined)
    assert.equal(
      (await start([{ ...GOOD, match: { host: 'app.example' } }])).running.upstreamsPort,
      undefined,
    )
    assert.ok((await start([GOOD])).running.addresses.length >= 3)
  })
})
