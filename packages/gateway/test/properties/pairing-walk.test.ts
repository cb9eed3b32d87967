import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Admission, Principal, Result } from '@pairgate/core'
import { coversScopes, expandScopes, type RequestId, type Scope } from '@pairgate/protocol'
import fc from 'fast-check'
import { makeDevice, openWorld, PLAYED, type TestDevice, type World } from './core-world.ts'

const DEVICES = 3
const who = fc.integer({ min: 0, max: DEVICES - 1 })
const scopes = fc.subarray([...PLAYED])
/** An actor: the owner, or the last connection of one of the devices. */
const actor = fc.integer({ min: -1, max: DEVICES - 1 })
const pick = fc.nat({ max: 7 })

type Step =
  | { readonly do: 'connect'; readonly who: number; readonly scopes: Scope[]; readonly secret: number }
  | {
      readonly do: 'approve'
      readonly actor: number
      readonly pick: number
      readonly scopes: Scope[] | undefined
      readonly lifetime: number | undefined
    }
  | { readonly do: 'reject'; readonly actor: number; readonly pick: number }
  | {
      readonly do: 'rotate'
      readonly actor: number
      readonly who: number
      readonly scopes: Scope[] | undefined
    }
  | { readonly do: 'revoke' | 'remove'; readonly actor: number; readonly who: number }
  | { readonly do: 'upgrade'; readonly who: number; readonly scopes: Scope[] }
  | { readonly do: 'look'; readonly who: number; readonly pick: number }
  | { readonly do: 'wait'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('connect' as const),
      who,
      scopes,
      secret: fc.integer({ min: -3, max: 3 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('approve' as const),
      actor,
      pick,
      scopes: fc.option(scopes, { nil: undefined }),
      lifetime: fc.option(fc.constant(60_000), { nil: undefined, freq: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reject' as const), actor, pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('rotate' as const),
      actor,
      who,
      scopes: fc.option(scopes, { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('revoke' as const, 'remove' as const), actor, who }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('upgrade' as const), who, scopes }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('look' as const), who, pick }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 61_000, 301_000) }),
  },
)

const NOTHING_SAID = {
  displayName: undefined,
  platform: undefined,
  deviceFamily: undefined,
  clientId: undefined,
  clientMode: undefined,
}

/** What the walk itself believes, kept apart from the code under test. */
interface Ledger {
  /** Upper bound: everything that approvals gave since the device last began anew. */
  granted: Scope[]
  /** Secrets that were told to the device, oldest first, and whether a revoke or removal has burned them. */
  secrets: { readonly text: string; burned: boolean }[]
  paired: boolean
  /** The last connection. After its gate was closed it goes on trying, as a ghost. */
  acting: Principal | undefined
  isGhost: boolean
}

class Walk {
  readonly ledgers: Ledger[] = []
  readonly world: World
  readonly devices: readonly TestDevice[]

  constructor(world: World, devices: readonly TestDevice[]) {
    this.world = world
    this.devices = devices
    for (const _device of devices)
      this.ledgers.push({ granted: [], secrets: [], paired: false, acting: undefined, isGhost: false })
  }

  ledger(at: number): Ledger {
    const ledger = this.ledgers[at]
    assert(ledger)
    return ledger
  }
  device(at: number): TestDevice {
    const device = this.devices[at]
    assert(device)
    return device
  }
  principal(at: number): Principal | undefined {
    return at < 0 ? this.world.owner : this.ledger(at).acting
  }

  /** Whether whatever this actor tries must be refused: its grant was ended, or has run out. */
  async isGone(by: number): Promise<boolean> {
    if (by < 0) return false
    const token = await this.world.store.read.findToken(this.device(by).id, 'operator')
    const expired = token?.expiresAt !== undefined && token.expiresAt <= this.world.now()
    return this.ledger(by).isGhost || expired
  }

  async connect(at: number, asked: Scope[], secret: number): Promise<void> {
    const ledger = this.ledger(at)
    const known =
      secret < 0 ? undefined : ledger.secrets.at(-1 - (secret % Math.max(ledger.secrets.length, 1)))
    const result: Result<Admission> = await this.world.connect(this.device(at), {
      scopes: asked,
      token: known?.text,
    })
    if (!result.ok) return
    const { principal, token } = result.value
    assert.equal(ledger.paired, true, 'a device was let in that nobody approved')
    assert.equal(known?.burned ?? false, false, 'a burned secret was let in')
    assert.equal(
      coversScopes(ledger.granted, principal.scopes),
      true,
      'a connection is wider than what was granted',
    )
    assert.equal(coversScopes(asked, principal.scopes), true, 'a connection is wider than what it asked for')
    assert(token)
    const told = ledger.secrets.find(({ text }) => text === token.secret)
    assert.equal(told?.burned ?? false, false, 'a burned secret was handed out again')
    if (!told) ledger.secrets.push({ text: token.secret, burned: false })
    Object.assign(ledger, { acting: principal, isGhost: false })
  }

  async approve(
    by: number,
    pickAt: number,
    wanted: Scope[] | undefined,
    lifetime: number | undefined,
  ): Promise<void> {
    const actor = this.principal(by)
    const open = await this.world.store.read.listOpenRequests(this.world.now())
    const request = open[pickAt % Math.max(open.length, 1)]
    if (!actor || !request) return
    const gone = await this.isGone(by)
    const options = { requestId: request.id, scopes: wanted, expiresInMs: lifetime }
    const [one, other] = await Promise.all([
      this.world.core.approveRequest(actor, options),
      this.world.core.approveRequest(this.world.owner, { requestId: request.id, scopes: [] }),
    ])
    assert.equal(one.ok && other.ok, false, 'one request had two winners')
    assert.equal(one.ok && gone, false, 'an ended grant approved')
    const given = one.ok ? (wanted ?? request.scopes) : []
    const at = this.devices.findIndex(({ id }) => id === request.deviceId)
    if (one.ok) {
      assert.equal(coversScopes(actor.scopes, given), true, 'an approver gave what it does not hold')
      assert.equal(coversScopes(request.scopes, given), true, 'an approval gave more than was shown')
    }
    if (!one.ok && !other.ok) return
    const ledger = this.ledger(at)
    ledger.paired = true
    ledger.granted.push(...given)
  }

  async reject(by: number, pickAt: number): Promise<void> {
    const actor = this.principal(by)
    const open = await this.world.store.read.listOpenRequests(this.world.now())
    const request = open[pickAt % Math.max(open.length, 1)]
    if (actor && request) await this.world.core.rejectRequest(actor, request.id)
  }

  async rotate(by: number, at: number, wanted: Scope[] | undefined): Promise<void> {
    const actor = this.principal(by)
    if (!actor) return
    const gone = await this.isGone(by)
    const before = await this.world.store.read.findToken(this.device(at).id, 'operator')
    const rotated = await this.world.core.rotateToken(actor, {
      deviceId: this.device(at).id,
      role: 'operator',
      scopes: wanted,
    })
    if (!rotated.ok) return
    assert.equal(gone, false, 'an ended grant rotated')
    assert.equal(before?.revokedAt, undefined, 'a rotation brought a revoked token back')
    assert.equal(
      coversScopes(this.ledger(at).granted, rotated.value.token.scopes),
      true,
      'a rotation widened a grant',
    )
    assert.equal(
      coversScopes(actor.scopes, rotated.value.token.scopes),
      true,
      'a rotation gave what the caller lacks',
    )
    this.ledger(at).isGhost = true
  }

  async end(kind: 'revoke' | 'remove', by: number, at: number): Promise<void> {
    const actor = this.principal(by)
    if (!actor) return
    const gone = await this.isGone(by)
    const { id } = this.device(at)
    const ended =
      kind === 'revoke'
        ? await this.world.core.revokeToken(actor, { deviceId: id, role: 'operator' })
        : await this.world.core.removeDevice(actor, id)
    if (!ended.ok) return
    assert.equal(gone && kind === 'remove', false, 'an ended grant removed')
    const ledger = this.ledger(at)
    for (const secret of ledger.secrets) secret.burned = true
    Object.assign(ledger, { granted: [], paired: false, isGhost: true })
    const open = await this.world.store.read.listOpenRequests(this.world.now(), id)
    assert.deepEqual(open, [], 'a request outlived its device')
    assert.equal(
      this.world.closed.some((gate) => gate.startsWith(id)),
      true,
      'no gate was closed',
    )
  }

  /** Asks twice at once over a live connection, or as a ghost. */
  async upgrade(at: number, wanted: Scope[]): Promise<void> {
    const actor = this.ledger(at).acting
    if (!actor) return
    const gone = await this.isGone(at)
    const { id } = this.device(at)
    const before = await this.world.store.read.findToken(id, 'operator')
    const ask = { scopes: wanted, metadata: NOTHING_SAID, prefix: '192.0.2.1' }
    const [one, other] = await Promise.all([
      this.world.core.requestUpgrade(actor, ask),
      this.world.core.requestUpgrade(actor, ask),
    ])
    assert.deepEqual(await this.world.store.read.findToken(id, 'operator'), before, 'asking changed a grant')
    if (!one.ok || !other.ok) return
    assert.equal(gone, false, 'an ended grant asked for more')
    assert.equal(one.value.id, other.value.id, 'one ask became two requests')
    assert.equal(one.value.deviceId, id, 'a device asked for another one')
    assert.equal(coversScopes(one.value.scopes, wanted), true, 'less was filed than was asked for')
    assert.equal(coversScopes(one.value.scopes, actor.scopes), true, 'an upgrade would take scopes away')
  }

  /** Looks for what became of any request that there ever was. */
  async look(at: number, pickAt: number): Promise<void> {
    const actor = this.ledger(at).acting
    const asked = this.world.news.flatMap((news) => (news.kind === 'requested' ? [news.request] : []))
    const request = asked.at(-1 - (pickAt % Math.max(asked.length, 1)))
    if (!actor || !request) return
    const gone = await this.isGone(at)
    const found = await this.world.core.findUpgrade(actor, request.id)
    if (!found.ok) return
    assert.equal(request.deviceId, this.device(at).id, 'a device saw the request of another one')
    if (found.value.status !== 'approved') return
    const { token } = found.value
    assert.equal(gone, false, 'an ended grant was told a token')
    assert.equal(actor.kind === 'device' && actor.tokenId, token.tokenId, 'another token was told')
    assert.equal(token.deviceId, request.deviceId)
  }

  /** Lets every device in with what it asks for, so that the walk has actors and secrets from its start. */
  async begin(asked: readonly Scope[][]): Promise<void> {
    for (const [at, scopes] of asked.entries()) {
      await this.connect(at, scopes, -1)
      await this.approve(-1, 0, scopes, undefined)
      await this.connect(at, scopes, -1)
      await this.connect(at, scopes, 0)
    }
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'connect':
        return this.connect(step.who, step.scopes, step.secret)
      case 'approve':
        return this.approve(step.actor, step.pick, step.scopes, step.lifetime)
      case 'reject':
        return this.reject(step.actor, step.pick)
      case 'rotate':
        return this.rotate(step.actor, step.who, step.scopes)
      case 'revoke':
      case 'remove':
        return this.end(step.do, step.actor, step.who)
      case 'upgrade':
        return this.upgrade(step.who, step.scopes)
      case 'look':
        return this.look(step.who, step.pick)
      case 'wait':
        return this.world.pass(step.ms)
    }
  }

  async check(): Promise<void> {
    for (const [at, device] of this.devices.entries()) {
      const token = await this.world.store.read.findToken(device.id, 'operator')
      if (!token || token.revokedAt !== undefined) continue
      const granted = expandScopes(this.ledger(at).granted)
      assert.equal(
        token.scopes.every((scope) => granted.has(scope)),
        true,
        'a stored token is wider than its grants',
      )
      const requests = await this.world.store.read.listOpenRequests(this.world.now(), device.id)
      assert.equal(requests.length <= 4, true, 'a device has more than four open requests')
    }
  }
}

test('no walk over asking, approving, upgrading, rotating, revoking and removing widens a grant or revives a secret', async () => {
  const devices = Array.from({ length: DEVICES }, makeDevice)
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(scopes, scopes, scopes),
      fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }),
      async (begun, steps) => {
        const world = await openWorld()
        try {
          const walk = new Walk(world, devices)
          await walk.begin(begun)
          for (const taken of steps) {
            await walk.take(taken)
            await walk.check()
          }
          const events = await world.store.read.eventsAfter(0, 10_000)
          assert.deepEqual(
            events.map(({ seq }) => seq),
            events.map((_, index) => index + 1),
          )
        } finally {
          await world.close()
        }
      },
    ),
    { numRuns: 150, interruptAfterTimeLimit: 30_000, markInterruptAsFailure: false },
  )
})

test('of many decisions on one request at once, exactly one wins', async () => {
  const world = await openWorld()
  const [device] = [makeDevice()]
  await world.connect(device, { scopes: ['operator.read'] })
  const [request] = await world.store.read.listOpenRequests(world.now())
  assert(request)
  const decide = (n: number) =>
    n % 3 === 0
      ? world.core.rejectRequest(world.owner, request.id as RequestId)
      : world.core.approveRequest(world.owner, { requestId: request.id })
  const results = await Promise.all(Array.from({ length: 30 }, (_, n) => decide(n)))
  assert.equal(results.filter(({ ok }) => ok).length, 1)
  assert.equal((await world.store.read.eventsAfter(0, 10)).length, 1)
  await world.close()
})
