import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { connectPaired, pair } from '../harness/pair.ts'
import { makeDevice, type TestDevice } from '../harness/test-device.ts'

const TOKEN = 'the-shared-token'
const PASSWORD = 'the-shared-password'
const limits = { pendingPerDevice: 1_000, pendingInAll: 100_000 }

const FIELDS = ['token', 'deviceToken', 'bootstrapToken', 'password'] as const
type Field = (typeof FIELDS)[number]

/** What may stand in a field: nothing, empty, garbage, or a credential of some class. */
type Kind = 'absent' | 'empty' | 'garbage' | 'shared token' | 'shared password' | 'own' | 'foreign' | 'dead'
const KINDS: readonly Kind[] = [
  'absent',
  'empty',
  'garbage',
  'shared token',
  'shared password',
  'own',
  'foreign',
  'dead',
]

type Combination = Readonly<Record<Field, Kind>>

/** Every way to fill at most `depth` of the four fields. */
function combinations(depth: number): readonly Combination[] {
  const found: Combination[] = []
  const fill = (at: number, filled: number, chosen: Partial<Record<Field, Kind>>): void => {
    const field = FIELDS[at]
    if (field === undefined) {
      found.push(chosen as Combination)
      return
    }
    for (const kind of KINDS) {
      const more = filled + (kind === 'absent' ? 0 : 1)
      if (more <= depth) fill(at + 1, more, { ...chosen, [field]: kind })
    }
  }
  fill(0, 0, {})
  return found
}

const modes = {
  pairing: { mode: 'pairing', token: TOKEN, password: PASSWORD },
  token: { mode: 'token', token: TOKEN },
  password: { mode: 'password', password: PASSWORD },
} as const
type Mode = keyof typeof modes

async function prepare(mode: Mode) {
  const gateway = await openGateway({ after }, { config: { auth: modes[mode], limits } })
  const auth: Record<string, string> =
    mode === 'password' ? { password: PASSWORD } : mode === 'token' ? { token: TOKEN } : {}
  const owner = await gateway.owner()
  const scopes = ['operator.read']
  const device = makeDevice()
  // Paired twice: the secret of the first time is dead for good.
  const first = await pair(gateway, { device, auth, scopes })
  await owner.call('device.pair.remove', { deviceId: device.id })
  const own = await pair(gateway, { device, auth, scopes })
  const foreign = await pair(gateway, { auth, scopes })
  const values: Readonly<Record<Kind, string | undefined>> = {
    absent: undefined,
    empty: '',
    garbage: `pgd_${'A'.repeat(50)}`,
    'shared token': TOKEN,
    'shared password': PASSWORD,
    own: own.token,
    foreign: foreign.token,
    dead: first.token,
  }
  return { gateway, device, own: own.token, values }
}

/** Whether the shared secret counts: in its own field, or in the other one when its own is absent. */
function sharedCounts(mode: Mode, { token, password }: Combination): boolean {
  const said = (kind: Kind) => (kind === 'empty' ? 'absent' : kind)
  const first = said(token) === 'absent' ? said(password) : said(token)
  const second = said(password) === 'absent' ? said(token) : said(password)
  const byToken = mode !== 'password' && first === 'shared token'
  const byPassword = mode !== 'token' && second === 'shared password'
  return byToken || byPassword
}

/** Which code a paired device is told when nothing that it brings is good. */
function expectedCode(mode: Mode, kinds: Combination): string {
  const said = (field: Field) => kinds[field] !== 'absent' && kinds[field] !== 'empty'
  if (said('deviceToken')) return 'AUTH_DEVICE_TOKEN_MISMATCH'
  if (said('bootstrapToken')) return 'AUTH_BOOTSTRAP_TOKEN_INVALID'
  if (said('token')) return 'AUTH_TOKEN_MISMATCH'
  if (said('password')) return mode === 'token' ? 'AUTH_TOKEN_MISMATCH' : 'AUTH_PASSWORD_MISMATCH'
  if (mode === 'pairing') return 'PAIRING_REQUIRED'
  return mode === 'token' ? 'AUTH_TOKEN_MISSING' : 'AUTH_PASSWORD_MISSING'
}

interface Trial {
  readonly gateway: GatewayOfTest
  readonly values: Readonly<Record<Kind, string | undefined>>
  readonly depth?: number
}

async function tryAll(
  { gateway, values, depth = 2 }: Trial,
  judge: (kinds: Combination) => { device: TestDevice | undefined; expected: string },
): Promise<void> {
  const all = combinations(depth)
  for (let at = 0; at < all.length; at += 16) {
    await Promise.all(
      all.slice(at, at + 16).map(async (kinds) => {
        const { device, expected } = judge(kinds)
        const filled = FIELDS.filter((field) => values[kinds[field]] !== undefined)
        const auth = Object.fromEntries(filled.map((field) => [field, values[kinds[field]] ?? '']))
        const client = gateway.open()
        const { ok, error } = await client.connect({
          auth,
          scopes: ['operator.read'],
          ...(device && { device }),
        })
        const got = ok ? 'hello' : String(error?.details?.['code'])
        assert.equal(got, expected, JSON.stringify(kinds))
        if (ok) await client.end()
        else await client.closed
      }),
    )
  }
}

for (const mode of ['pairing', 'token', 'password'] as const) {
  test(`in mode ${mode}, garbage beside a paired device's credential neither helps nor harms (T06, T11)`, async () => {
    const { gateway, device, own, values } = await prepare(mode)

    const depth = mode === 'pairing' ? 3 : 2
    await tryAll({ gateway, values, depth }, (kinds) => {
      const good = kinds.token === 'own' || kinds.deviceToken === 'own' || sharedCounts(mode, kinds)
      return { device, expected: good ? 'hello' : expectedCode(mode, kinds) }
    })
    await connectPaired(gateway, { device, token: own })
  })

  test(`in mode ${mode}, no combination of credentials lets an unpaired device in (T06, T11)`, async () => {
    const { gateway, values } = await prepare(mode)
    const device = makeDevice()

    await tryAll({ gateway, values }, (kinds) => ({
      device,
      expected: sharedCounts(mode, kinds) ? 'PAIRING_REQUIRED' : expectedCode(mode, kinds),
    }))
  })

  test(`in mode ${mode}, only the shared secret opens without a device (T06, T11)`, async () => {
    const { gateway, values } = await prepare(mode)
    const said = (kind: Kind) => kind !== 'absent' && kind !== 'empty'

    await tryAll({ gateway, values }, (kinds) => {
      if (sharedCounts(mode, kinds)) return { device: undefined, expected: 'hello' }
      const fields = { ...kinds, deviceToken: 'absent', bootstrapToken: 'absent' } as const
      const silent = !said(kinds.token) && !said(kinds.password)
      return { device: undefined, expected: silent ? 'DEVICE_IDENTITY_REQUIRED' : expectedCode(mode, fields) }
    })
  })
}
