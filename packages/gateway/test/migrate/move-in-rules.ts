import assert from 'node:assert/strict'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { migrateOpenClaw } from '../../src/migrate/migrate-openclaw.ts'
import type { ConnectOptions } from '../harness/connect-params.ts'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { approve, askToPair, connectPaired, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { openClawDatabase, openClawToken, type PairedRow, pairedRow } from './openclaw-state.ts'

export interface World {
  readonly gateway: GatewayOfTest
  /** Stops the gateway, imports, and starts it again. */
  moveIn(): Promise<readonly string[]>
}

export type OpenWorld = (
  context: TestContext,
  rows: readonly PairedRow[],
  config?: Readonly<Record<string, unknown>>,
) => Promise<World>

/** A world whose gateway has moved in on the database that `env` names. */
export function openWorldOn(envOf: () => Promise<Readonly<Record<string, string>>>): OpenWorld {
  return async (context, rows, config) => {
    const from = mkdtempSync(join(realpathSync(tmpdir()), 'openclaw-'))
    const source = openClawDatabase(from, rows)
    context.after(() => {
      source.close()
      rmSync(from, { recursive: true, force: true })
    })
    const env = await envOf()
    const gateway = await openGateway(context, { env, ...(config && { config }) })
    const moveIn = async () => {
      await gateway.stop()
      const place = { env: { PAIRGATE_STATE_DIR: gateway.stateDir, ...env }, home: from }
      const { judged } = await migrateOpenClaw({ ...place, from, apply: true, backup: false })
      await gateway.restart()
      return judged.map(({ verdict }) => verdict)
    }
    await moveIn()
    return { gateway, moveIn }
  }
}

const scopes = ['operator.read', 'operator.write']

async function told(gateway: GatewayOfTest, options: ConnectOptions): Promise<string> {
  const client = gateway.open()
  const { auth } = await client.hello(options)
  await client.end()
  return String(auth.deviceToken)
}

/** What holds of devices that moved in from OpenClaw, on every engine. */
export function moveInRules(open: OpenWorld): void {
  test('each device comes with its old token, survives a lost answer, and from the first use of ours the old is dead', async (context) => {
    const [laptop, admin, node] = [makeDevice(), makeDevice(), makeDevice()]
    const { gateway } = await open(context, [
      pairedRow(laptop, 1, { scopes }),
      pairedRow(admin, 2, { scopes: ['operator.admin', 'operator.read', 'operator.write'] }),
      pairedRow(node, 3, { role: 'node', scopes: [] }),
    ])
    const comers: readonly (readonly [
      ConnectOptions,
      (secret: string) => Readonly<Record<string, string>>,
    ])[] = [
      // The reference client says it in both fields, older ones in either.
      [{ device: laptop, scopes }, (secret) => ({ token: secret, deviceToken: secret })],
      [
        { device: admin, scopes: ['operator.admin'], signed: { version: 'v2' } },
        (secret) => ({ deviceToken: secret }),
      ],
      [{ device: node, role: 'node' }, (secret) => ({ token: secret })],
    ]
    for (const [at, [ask, bring]] of comers.entries()) {
      const old = openClawToken(at + 1)
      const ours = await told(gateway, { ...ask, auth: bring(old) })
      assert.match(ours, /^pgd_/)
      // The first answer was lost: the same again.
      assert.equal(await told(gateway, { ...ask, auth: bring(old) }), ours)
      assert.equal(await told(gateway, { ...ask, auth: bring(ours) }), ours)
      const { details } = await refusedConnect(gateway, { ...ask, auth: bring(old) })
      assert.match(String(details?.['code']), /^AUTH_(DEVICE_)?TOKEN_MISMATCH$/)
      assert.equal(await told(gateway, { ...ask, auth: bring(ours) }), ours)
    }
  })

  test('an old token opens for its own key and its own role alone, and the key alone does not', async (context) => {
    const [laptop, other] = [makeDevice(), makeDevice()]
    const { gateway } = await open(context, [
      pairedRow(laptop, 1, { scopes }),
      pairedRow(other, 2, { scopes }),
    ])
    const auth = { deviceToken: openClawToken(1) }
    for (const ask of [
      { device: other, scopes, auth },
      { device: makeDevice(), scopes, auth },
      { device: laptop, role: 'node', auth },
    ]) {
      const { details } = await refusedConnect(gateway, ask)
      assert.equal(details?.['code'], 'AUTH_DEVICE_TOKEN_MISMATCH', JSON.stringify(details))
    }
    const beyond = await refusedConnect(gateway, {
      device: laptop,
      scopes,
      auth: { deviceToken: openClawToken(2) },
    })
    assert.equal(beyond.details?.['code'], 'AUTH_DEVICE_TOKEN_MISMATCH')
    await askToPair(gateway, { device: laptop, scopes })
    assert.match(await told(gateway, { device: laptop, scopes, auth }), /^pgd_/)
  })

  test('a device that has lost its old token asks, fetches ours by its key, and the old one is dead', async (context) => {
    const laptop = makeDevice()
    const { gateway } = await open(context, [pairedRow(laptop, 1, { scopes })])
    const { requestId } = await askToPair(gateway, { device: laptop, scopes })
    await approve(gateway, requestId)
    const auth = { deviceToken: openClawToken(1) }
    const { details } = await refusedConnect(gateway, { device: laptop, scopes, auth })
    assert.equal(details?.['code'], 'AUTH_DEVICE_TOKEN_MISMATCH')
    const ours = await told(gateway, { device: laptop, scopes })
    await connectPaired(gateway, { device: laptop, scopes, token: ours })
  })

  test('what was revoked there, or here, or removed here stays out, whatever is imported again (T24)', async (context) => {
    const [gone, ended, removed, exchanged] = [makeDevice(), makeDevice(), makeDevice(), makeDevice()]
    const { gateway, moveIn } = await open(context, [
      pairedRow(gone, 1, { scopes, token: { revokedAtMs: 5 } }),
      pairedRow(ended, 2, { scopes }),
      pairedRow(removed, 3, { scopes }),
      pairedRow(exchanged, 4, { scopes }),
    ])
    const ours = await told(gateway, { device: exchanged, scopes, auth: { deviceToken: openClawToken(4) } })
    await told(gateway, { device: exchanged, scopes, auth: { deviceToken: ours } })
    const owner = await gateway.owner()
    await owner.call('device.token.revoke', { deviceId: ended.id, role: 'operator' })
    await owner.call('device.pair.remove', { deviceId: removed.id })
    await owner.end()
    for (let round = 0; round < 2; round += 1) {
      for (const [device, n, reason] of [
        [gone, 1, 'token_revoked'],
        [ended, 2, 'token_revoked'],
        [removed, 3, 'token_removed'],
        [exchanged, 4, 'device_token_mismatch'],
      ] as const) {
        const auth = { deviceToken: openClawToken(n) }
        const { details } = await refusedConnect(gateway, { device, scopes, auth })
        assert.deepEqual([details?.['code'], details?.['authReason']], ['AUTH_DEVICE_TOKEN_MISMATCH', reason])
      }
      const verdicts = [...(await moveIn())].sort()
      assert.deepEqual(verdicts, ['here', 'removed-here', 'revoked-here', 'revoked-here'])
    }
    await connectPaired(gateway, { device: exchanged, scopes, token: ours })
  })

  test('who brings the shared secret as it always did is let in for what it had, and is told ours', async (context) => {
    const laptop = makeDevice()
    const shared = 'the-shared-token-of-both-gateways-0123456789'
    const config = { auth: { mode: 'token', token: shared } }
    const { gateway } = await open(context, [pairedRow(laptop, 1, { scopes })], config)
    const ours = await told(gateway, { device: laptop, scopes, auth: { token: shared } })
    await connectPaired(gateway, { device: laptop, scopes, token: ours })
    const wide = { device: laptop, scopes: ['operator.admin'], auth: { token: shared } }
    await askToPair(gateway, wide)
  })

  test('operators see who moved in, by what way, and the log says so', async (context) => {
    const laptop = makeDevice()
    const row = { operatorLabel: 'My laptop' }
    const { gateway } = await open(context, [pairedRow(laptop, 1, { scopes, row })])
    const owner = await gateway.owner()
    const { paired } = await owner.call<{ paired: readonly Readonly<Record<string, unknown>>[] }>(
      'device.pair.list',
    )
    assert.deepEqual(
      paired.map(({ deviceId, operatorLabel, roles }) => [deviceId, operatorLabel, roles]),
      [[laptop.id, 'My laptop', ['operator']]],
    )
    const { events } = await owner.call<{ events: readonly Readonly<Record<string, unknown>>[] }>(
      'audit.list',
    )
    const [told] = events
    assert.deepEqual([told?.['kind'], told?.['actor'], told?.['via']], ['device-imported', 'owner', 'host'])
    await owner.end()
  })
}
