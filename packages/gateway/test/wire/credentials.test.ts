import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { ConnectOptions } from '../harness/connect-params.ts'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, connectPaired, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose } from '../harness/wire-client.ts'

const TOKEN = 'the-shared-token'
const PASSWORD = 'the-shared-password'
const limits = { pendingPerDevice: 100, pendingInAll: 10_000 }

const modes = {
  pairing: await openGateway({ after }, { config: { auth: { token: TOKEN, password: PASSWORD }, limits } }),
  token: await openGateway({ after }, { config: { auth: { mode: 'token', token: TOKEN }, limits } }),
  password: await openGateway(
    { after },
    { config: { auth: { mode: 'password', password: PASSWORD }, limits } },
  ),
  none: await openGateway({ after }, { config: { auth: { mode: 'none' }, limits } }),
}

interface Failure {
  readonly code: string
  readonly authReason: string
  readonly message: string
  readonly next?: string
  readonly retry?: boolean
}

/** The whole answer of a failed credential, and the close with the message as its reason. */
async function expectUnauthorized(
  gateway: GatewayOfTest,
  options: ConnectOptions,
  { code, authReason, message, next = 'update_auth_credentials', retry = false }: Failure,
): Promise<void> {
  const client = gateway.open()
  const { error } = await client.connect(options)
  assert.deepEqual(error, {
    code: 'INVALID_REQUEST',
    message,
    details: { code, authReason, canRetryWithDeviceToken: retry, recommendedNextStep: next },
  })
  await expectClose(client, 1008, message.slice(0, 120))
}

const tokenMismatch = (hint: string, device: boolean): Failure => ({
  code: 'AUTH_TOKEN_MISMATCH',
  authReason: 'token_mismatch',
  message: `unauthorized: gateway token mismatch (${hint})`,
  ...(device && { retry: true, next: 'retry_with_device_token' }),
})
const OTHER_HINT = 'provide gateway auth token'
const CLI_HINT = "use this gateway's gateway.auth.token or pair the device"
const cli = { id: 'cli', mode: 'cli' }

async function expectIdentityRequired(gateway: GatewayOfTest, options: ConnectOptions): Promise<void> {
  const client = gateway.open()
  const { error } = await client.connect(options)
  assert.deepEqual(error, {
    code: 'NOT_PAIRED',
    message: 'device identity required',
    details: { code: 'DEVICE_IDENTITY_REQUIRED' },
  })
  await expectClose(client, 1008, 'device identity required')
}

for (const [mode, gateway] of Object.entries(modes)) {
  describe(`in mode ${mode}`, () => {
    test('no device and no credential needs a device identity', async () => {
      await expectIdentityRequired(gateway, {})
      await expectIdentityRequired(gateway, { client: cli, scopes: ['operator.admin'] })
      await expectIdentityRequired(gateway, { role: 'node' })
    })

    test('no device but a device token needs a device identity, however good the token is', async () => {
      const { token } = mode === 'none' ? { token: 'x' } : await pair(gateway, credentials(mode))
      await expectIdentityRequired(gateway, { auth: { deviceToken: token } })
      await expectIdentityRequired(gateway, { auth: { bootstrapToken: token } })
    })

    test(`no device and a wrong token is ${mode === 'none' ? 'no device' : 'a token mismatch'}`, async () => {
      if (mode === 'none') return expectIdentityRequired(gateway, { auth: { token: 'wrong' } })
      await expectUnauthorized(gateway, { auth: { token: 'wrong' } }, tokenMismatch(hintOf(mode), false))
    })

    test('a wrong device token of an unknown device is a device token mismatch', async () => {
      for (const deviceToken of ['wrong', `pgd_${'A'.repeat(43)}0000000`]) {
        await expectUnauthorized(
          gateway,
          { device: makeDevice(), auth: { deviceToken } },
          DEVICE_TOKEN_MISMATCH,
        )
      }
    })

    test('a wrong token beside a device, without a device token, may be tried again with one', async () => {
      const options = { device: makeDevice(), auth: { token: 'wrong' } }
      await expectUnauthorized(gateway, options, tokenMismatch(hintOf(mode), true))
    })

    test('a setup code that nobody made is not valid', async () => {
      await expectUnauthorized(
        gateway,
        { device: makeDevice(), auth: { bootstrapToken: 'wrong' } },
        {
          code: 'AUTH_BOOTSTRAP_TOKEN_INVALID',
          authReason: 'bootstrap_token_invalid',
          message:
            'unauthorized: setup code invalid, expired, revoked, or already used (create a new code; review `openclaw devices list`)',
          next: 'review_auth_configuration',
        },
      )
    })
  })
}

const DEVICE_TOKEN_MISMATCH: Failure = {
  code: 'AUTH_DEVICE_TOKEN_MISMATCH',
  authReason: 'device_token_mismatch',
  message: 'unauthorized: device token mismatch (rotate/reissue device token)',
}

function hintOf(mode: string): string {
  return mode === 'password' ? 'provide gateway auth password' : OTHER_HINT
}

/** What it takes to ask in a mode. */
function credentials(mode: string): ConnectOptions {
  if (mode === 'token') return { auth: { token: TOKEN } }
  if (mode === 'password') return { auth: { password: PASSWORD } }
  return {}
}

describe('a device that brings nothing', () => {
  test('may ask in mode pairing', async () => {
    const { error } = await askToPair(modes.pairing, { device: makeDevice(), scopes: ['operator.read'] })
    assert.equal(error.details?.['reason'], 'not-paired')
  })

  test('is told in mode token that the token is missing', async () => {
    await expectUnauthorized(
      modes.token,
      { device: makeDevice() },
      {
        code: 'AUTH_TOKEN_MISSING',
        authReason: 'token_missing',
        message: `unauthorized: gateway token missing (${OTHER_HINT})`,
        next: 'update_auth_configuration',
      },
    )
    await expectUnauthorized(
      modes.token,
      { device: makeDevice(), client: cli },
      {
        code: 'AUTH_TOKEN_MISSING',
        authReason: 'token_missing',
        message: `unauthorized: gateway token missing (${CLI_HINT})`,
        next: 'update_auth_configuration',
      },
    )
  })

  test('is told in mode password that the password is missing', async () => {
    await expectUnauthorized(
      modes.password,
      { device: makeDevice(), client: cli },
      {
        code: 'AUTH_PASSWORD_MISSING',
        authReason: 'password_missing',
        message: "unauthorized: gateway password missing (use this gateway's gateway.auth.password)",
        next: 'update_auth_configuration',
      },
    )
  })

  test('is let in on loopback in mode none, without a token of its own', async () => {
    const hello = await modes.none
      .open()
      .hello({ device: makeDevice(), scopes: ['operator.read'], extended: true })
    assert.equal(hello.auth.method, 'none')
    assert.deepEqual(hello.auth.scopes, ['operator.read'])
    assert.equal(hello.auth.deviceToken, undefined)
  })
})

test('a wrong password is a password mismatch where there is one, and a token mismatch in mode token', async () => {
  for (const device of [makeDevice(), undefined]) {
    const options = { auth: { password: 'wrong' }, client: cli, ...(device && { device }) }
    for (const gateway of [modes.password, modes.pairing]) {
      const hint = gateway === modes.password ? "use this gateway's gateway.auth.password" : CLI_HINT
      await expectUnauthorized(gateway, options, {
        code: 'AUTH_PASSWORD_MISMATCH',
        authReason: 'password_mismatch',
        message: `unauthorized: gateway password mismatch (${hint})`,
      })
    }
    await expectUnauthorized(modes.token, options, tokenMismatch(CLI_HINT, false))
  }
})

test('the hint for a CLI that is not on this machine speaks of the remote settings', async (context) => {
  const proxied = await openGateway(context, {
    config: { auth: { mode: 'token', token: TOKEN }, trustedProxies: ['127.0.0.1'] },
  })
  const client = proxied.open({ headers: { 'x-forwarded-for': '192.0.2.7' } })
  const { error } = await client.connect({ client: cli, auth: { token: 'wrong' } })

  const message =
    'unauthorized: gateway token mismatch (set gateway.remote.token to match gateway.auth.token)'
  assert.equal(error?.message, message)
  await expectClose(client, 1008, message)
})

test('one field may carry the secret of the other kind when its own is absent', async () => {
  for (const auth of [{ token: TOKEN }, { password: TOKEN }]) {
    assert.deepEqual((await modes.token.open().hello({ auth })).auth.scopes, [])
  }
  for (const auth of [{ token: PASSWORD }, { password: PASSWORD }]) {
    assert.deepEqual((await modes.password.open().hello({ auth })).auth.scopes, [])
  }
})

test('each mode takes only its own secret', async (context) => {
  const both = { token: TOKEN, password: PASSWORD }
  const token = await openGateway(context, { config: { auth: { mode: 'token', ...both } } })
  const password = await openGateway(context, { config: { auth: { mode: 'password', ...both } } })

  assert.equal((await token.open().connect({ auth: { password: PASSWORD } })).ok, false)
  assert.equal((await password.open().connect({ auth: { token: TOKEN } })).ok, false)
})

test('in modes token and password the secret lets a device ask, and nothing more (T06, T09)', async () => {
  for (const mode of ['token', 'password'] as const) {
    const options = { device: makeDevice(), scopes: ['operator.admin'], client: cli, ...credentials(mode) }
    const { error } = await askToPair(modes[mode], options)
    assert.equal(error.details?.['reason'], 'not-paired')
    assert.deepEqual(error.details?.['requestedScopes'], ['operator.admin'])
  }
})

test('a paired device connects with its token alone, whatever the mode', async () => {
  for (const mode of ['pairing', 'token', 'password'] as const) {
    const { device, token } = await pair(modes[mode], { ...credentials(mode), scopes: ['operator.read'] })
    for (const auth of [{ deviceToken: token }, { token }, { token, deviceToken: token }]) {
      const hello = await modes[mode]
        .open()
        .hello({ device, auth, scopes: ['operator.read'], extended: true })
      assert.equal(hello.auth.method, 'device-token')
      assert.equal(hello.auth.deviceToken, token)
    }
  }
})

test('a device token that asks for more than it holds is told so, and files no request (T15)', async () => {
  const { device, token } = await pair(modes.pairing, { scopes: ['operator.read'] })
  const scopes = ['operator.read', 'operator.write']
  for (const auth of [{ deviceToken: token }, { token }, { token: TOKEN, deviceToken: token }]) {
    await expectUnauthorized(
      modes.pairing,
      { device, scopes, auth },
      {
        code: 'AUTH_SCOPE_MISMATCH',
        authReason: 'scope_mismatch',
        message: 'unauthorized: device token scope mismatch (re-pair or approve scope upgrade)',
        next: 'review_auth_configuration',
      },
    )
  }
  const owner = await modes.pairing.owner()
  const { pending } = await owner.call<{ pending: { deviceId: string }[] }>('device.pair.list')
  assert.ok(pending.every(({ deviceId }) => deviceId !== device.id))
})

test('a token opens nothing for another device, however good that one is', async () => {
  const mine = await pair(modes.pairing)
  const theirs = await pair(modes.pairing)

  for (const device of [mine.device, makeDevice()]) {
    await expectUnauthorized(
      modes.pairing,
      { device, auth: { deviceToken: theirs.token } },
      DEVICE_TOKEN_MISMATCH,
    )
  }
  await expectUnauthorized(
    modes.pairing,
    { device: mine.device, auth: { token: theirs.token } },
    tokenMismatch(OTHER_HINT, true),
  )
})

test('a token of one role opens nothing for the other role of the same device', async () => {
  const { device, token } = await pair(modes.pairing)
  const { token: nodeToken } = await pair(modes.pairing, { device, role: 'node' })
  assert.notEqual(nodeToken, token)

  await expectUnauthorized(
    modes.pairing,
    { device, role: 'node', auth: { deviceToken: token } },
    DEVICE_TOKEN_MISMATCH,
  )
  await expectUnauthorized(modes.pairing, { device, auth: { deviceToken: nodeToken } }, DEVICE_TOKEN_MISMATCH)
  await connectPaired(modes.pairing, { device, role: 'node', token: nodeToken })
  await connectPaired(modes.pairing, { device, token })
})

test('only the device itself is told what became of its token', async () => {
  const owner = await modes.pairing.owner()
  const reasons = {
    revoked: () => 'device.token.revoke',
    rotated: () => 'device.token.rotate',
    removed: () => 'device.pair.remove',
  }
  for (const [fate, method] of Object.entries(reasons)) {
    const { device, token } = await pair(modes.pairing)
    const params = fate === 'removed' ? { deviceId: device.id } : { deviceId: device.id, role: 'operator' }
    await owner.call(method(), params)
    let dead = token
    if (fate === 'rotated') {
      // The previous secret fetches the new one; once that was proved, the old one is dead.
      const { hello } = await connectPaired(modes.pairing, { device, token })
      await connectPaired(modes.pairing, { device, token: String(hello.auth.deviceToken) })
      dead = token
    }
    await expectUnauthorized(
      modes.pairing,
      { device, auth: { deviceToken: dead } },
      {
        ...DEVICE_TOKEN_MISMATCH,
        authReason: `token_${fate}`,
      },
    )
    await expectUnauthorized(
      modes.pairing,
      { device, auth: { token: dead } },
      {
        ...tokenMismatch(OTHER_HINT, true),
        authReason: `token_${fate}`,
      },
    )
    const stranger = { device: makeDevice(), auth: { deviceToken: dead } }
    await expectUnauthorized(modes.pairing, stranger, DEVICE_TOKEN_MISMATCH)
  }
})

test('mode token without a configured token derives one that stays the same over restarts', async (context) => {
  const { loadTokenKey, sharedTokenOf } = await import('../../src/state/secrets.ts')
  const derived = await openGateway(context, { config: { auth: { mode: 'token' } } })
  const tokenKey = `${derived.stateDir}/secrets/token.key`
  const auth = { token: sharedTokenOf(await loadTokenKey({ tokenKey }, {})) }
  await derived.open().hello({ auth })
  await derived.restart()

  await derived.open().hello({ auth })
  assert.equal((await derived.open().connect({ auth: { token: 'wrong' } })).ok, false)
})

test('with sharedSecret off, neither token nor password opens anything', async (context) => {
  const off = await openGateway(context, {
    config: { auth: { token: TOKEN, password: PASSWORD, sharedSecret: 'off' } },
  })
  for (const auth of [{ token: TOKEN }, { password: PASSWORD }] as Record<string, string>[]) {
    assert.equal((await off.open().connect({ client: cli, auth })).ok, false)
    assert.equal((await off.open().connect({ client: cli, auth, device: makeDevice() })).ok, false)
  }
})
