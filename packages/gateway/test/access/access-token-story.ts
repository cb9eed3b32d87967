import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseAccessSecret } from '@pairgate/protocol'
import { askToPair } from '../harness/pair.ts'
import { type AccessWorld, assertRefused, identityOf, mint, openAccessWorld, READER } from './access-world.ts'

/** What an access token is: made by its device, narrower than its parent, and dead with it. */
export function accessTokenStory(world: AccessWorld): void {
  const { engine, gateway, owner, verify, pair } = world

  describe('making one', () => {
    test('a device makes an access token for itself, and a proxy is told who carries it', async () => {
      const { client, device, hello } = await pair()
      const before = Date.now()
      const { accessToken, expiresAtMs, ...rest } = await mint(client)
      assert.deepEqual(rest, { scopes: READER })
      assert.ok(parseAccessSecret(accessToken))
      assert.ok(expiresAtMs >= before + 300_000 && expiresAtMs <= Date.now() + 300_000)
      const answer = await verify(accessToken)
      assert.equal(answer.status, 204)
      const [id, session, role, scopes] = identityOf(answer)
      assert.deepEqual([id, role, scopes], [device.id, 'operator', 'operator.read'])
      assert.ok(session && session !== '*' && hello.auth.role === 'operator')
      assert.equal(answer.headers['cache-control'], 'no-store')
      assert.ok(gateway.logged.every((line) => !line.includes(accessToken)))
    })

    test('left out, it holds what the connection does, but neither admin nor pairing', async () => {
      const scopes = ['operator.admin', 'operator.pairing', 'operator.write']
      const { client } = await pair({ scopes })
      assert.deepEqual((await mint(client)).scopes, ['operator.write'])
      const { accessToken } = await mint(client, { scopes: ['operator.questions'] })
      assert.equal(identityOf(await verify(accessToken))[3], 'operator.questions')
      for (const mighty of ['operator.admin', 'operator.pairing']) {
        const { message } = await client.fail('device.token.access', { scopes: [mighty] })
        assert.equal(message, `an access token never holds this scope: ${mighty}`)
      }
    })

    test('it holds no scope that its connection does not (T35)', async () => {
      const { client } = await pair()
      const wide = await client.fail('device.token.access', { scopes: ['operator.write'] })
      assert.equal(wide.message, 'missing scope: operator.write')
      const unknown = await client.fail('device.token.access', { scopes: ['operator.everything'] })
      assert.equal(unknown.message, 'invalid scope for requested roles: operator.everything')
      const audience = await client.fail('device.token.access', { audience: 'app.example' })
      assert.equal(audience.message, 'audience must be an origin, such as https://app.example')
    })

    test('a node makes one without scopes', async () => {
      const { client, device } = await pair({ role: 'node', scopes: [] })
      const { accessToken, scopes } = await mint(client)
      assert.deepEqual(scopes, [])
      const [id, , role, held] = identityOf(await verify(accessToken))
      assert.deepEqual([id, role, held], [device.id, 'node', ''])
    })

    test('neither the owner nor a shared secret makes one: it is of a device', async () => {
      const extended = await gateway.owner({ extended: true })
      const message = 'an access token is made for a paired device; connect with its key, then retry'
      assert.equal((await extended.fail('device.token.access', {})).message, message)
    })

    test('a device holds fifty at a time', async () => {
      const { client } = await pair()
      for (let n = 0; n < 50; n += 1) await mint(client)
      const { code, details, retryable } = await client.fail('device.token.access', {})
      assert.deepEqual([code, details?.['code'], retryable], ['UNAVAILABLE', 'TOO_MANY_ACCESS_TOKENS', true])
    })

    test('of many that are made at once no more are made than a device may hold', async () => {
      const { client } = await pair()
      const answers = await Promise.all(
        Array.from({ length: 60 }, () => client.request('device.token.access', {})),
      )
      assert.equal(answers.filter(({ ok }) => ok).length, 50)
    })
  })

  describe('the end of one', () => {
    const operatorOf = (deviceId: string) => ({ deviceId, role: 'operator' })

    test('it does not outlive its parent', async () => {
      const { client } = await pair({ approval: { expiresInMs: 60_000 } })
      const { expiresAtMs } = await mint(client, { ttlMs: 3_600_000 })
      assert.ok(expiresAtMs <= Date.now() + 60_000)
    })

    test('a revoke, a rotation and a removal end it', async () => {
      const ends: readonly ((deviceId: string) => Promise<unknown>)[] = [
        (id) => owner.call('device.token.revoke', operatorOf(id)),
        (id) => owner.call('device.token.rotate', operatorOf(id)),
        (id) => owner.call('device.pair.remove', { deviceId: id }),
      ]
      for (const end of ends) {
        const { client, device } = await pair()
        const { accessToken } = await mint(client)
        assert.equal((await verify(accessToken)).status, 204)
        await end(device.id)
        assertRefused(await verify(accessToken))
      }
    })

    test('a pairing after a revoke does not bring it back', async () => {
      const { client, device } = await pair()
      const { accessToken } = await mint(client)
      await owner.call('device.token.revoke', operatorOf(device.id))
      const again = await pair({ device })
      assertRefused(await verify(accessToken))
      assert.equal((await verify((await mint(again.client)).accessToken)).status, 204)
    })

    test('a device that is moved to another session takes none along', async () => {
      const { client, device } = await pair()
      const { accessToken } = await mint(client)
      const { requestId } = await askToPair(gateway, {
        device,
        scopes: ['operator.write'],
        auth: { token: 'the-shared-token' },
      })
      await owner.call('device.pair.approve', { requestId, session: 'new' })
      assertRefused(await verify(accessToken))
    })

    test('an upgrade in the same session leaves it as it is, and no wider', async () => {
      const { client, device } = await pair()
      const { accessToken } = await mint(client)
      const { requestId } = await askToPair(gateway, {
        device,
        scopes: ['operator.write'],
        auth: { token: 'the-shared-token' },
      })
      await owner.call('device.pair.approve', { requestId })
      const answer = await verify(accessToken)
      assert.deepEqual([answer.status, identityOf(answer)[3]], [204, 'operator.read'])
    })

    test('a restart of the gateway does not', async () => {
      const other = await openAccessWorld(engine)
      const { client } = await other.pair()
      const { accessToken } = await mint(client)
      await other.gateway.restart()
      assert.equal((await other.verify(accessToken)).status, 204)
    })
  })
}
