import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Principal } from '@pairgate/core'
import { coversScopes, EVERY_SESSION, type Scope, type SessionId } from '@pairgate/protocol'
import fc from 'fast-check'
import { makeDevice, openWorld, PLAYED, type TestDevice, type World } from './core-world.ts'

const DEVICES = 3
const IDLE = 100_000
const ADMIN: Scope[] = ['operator.admin']
const who = fc.integer({ min: 0, max: DEVICES - 1 })
/** An actor: the owner, or the last connection of one of the devices. */
const actor = fc.integer({ min: -1, max: DEVICES - 1 })
const lifetime = fc.constantFrom(undefined, 10_000, 60_000, 250_000)
const scopes = fc.oneof(fc.subarray([...PLAYED]), fc.constant(ADMIN))
const is = <const Name extends string>(name: Name) => fc.constant(name)

type Step =
  | { readonly do: 'connect'; readonly who: number; readonly scopes: Scope[]; readonly age: number }
  | {
      readonly do: 'approve'
      readonly actor: number
      readonly who: number
      readonly scopes: Scope[]
      readonly lifetime: number | undefined
    }
  | {
      readonly do: 'extend'
      readonly actor: number
      readonly who: number
      readonly lifetime: number | undefined
    }
  | { readonly do: 'rotate' | 'move' | 'revoke'; readonly actor: number; readonly who: number }
  | { readonly do: 'wait'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: is('connect'), who, scopes, age: fc.constantFrom(-1, 0, 0, 0, 1, 2) }),
  },
  { weight: 3, arbitrary: fc.record({ do: is('approve'), actor, who, scopes, lifetime }) },
  { weight: 3, arbitrary: fc.record({ do: is('extend'), actor, who, lifetime }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('rotate' as const, 'move' as const, 'revoke' as const),
      actor,
      who,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: is('wait'), ms: fc.constantFrom(9_999, 1, 50_001, 100_000) }) },
)

/** What the walk itself believes of a device's token, kept apart from the code under test. */
interface Ledger {
  /** Whether it was granted, and not revoked since. */
  stands: boolean
  /** The absolute deadline, and the lifetime that a renewal repeats. */
  end: number | undefined
  lifetime: number | undefined
  /** When it was last used, or given anything. */
  used: number
  /** All that approvals gave since it last began anew. */
  granted: Scope[]
  session: SessionId | undefined
  /** Told to the device, oldest first, since it last began anew; and those of before. */
  secrets: string[]
  burned: Set<string>
  acting: Principal | undefined
}

const nothing = (): Ledger => ({
  stands: false,
  end: undefined,
  lifetime: undefined,
  used: 0,
  granted: [],
  session: undefined,
  secrets: [],
  burned: new Set(),
  acting: undefined,
})

class Walk {
  readonly ledgers = Array.from({ length: DEVICES }, nothing)
  readonly world: World
  readonly devices: readonly TestDevice[]
  accepted = 0

  constructor(world: World, devices: readonly TestDevice[]) {
    this.world = world
    this.devices = devices
  }
  at(n: number): { readonly device: TestDevice; readonly ledger: Ledger } {
    const [device, ledger] = [this.devices[n], this.ledgers[n]]
    assert(device && ledger)
    return { device, ledger }
  }
  actor(n: number): Principal | undefined {
    return n < 0 ? this.world.owner : this.at(n).ledger.acting
  }
  target(n: number) {
    return { deviceId: this.at(n).device.id, role: 'operator' } as const
  }
  hasEnded({ end }: Ledger): boolean {
    return end !== undefined && this.world.now() >= end
  }
  isGood(ledger: Ledger): boolean {
    return ledger.stands && !this.hasEnded(ledger) && this.world.now() < ledger.used + IDLE
  }
  /** An actor's connection is in use, so it is never idle; but it ends with its token. */
  mayAct(n: number): boolean {
    if (n < 0) return true
    const { ledger } = this.at(n)
    return ledger.stands && !this.hasEnded(ledger)
  }
  /** Every change is by somebody whose own grant stands, and whose rights cover what the token holds after it. */
  async judge(by: number, of: number): Promise<void> {
    assert.equal(this.mayAct(by), true, 'an ended grant changed something')
    const token = await this.world.store.read.findToken(this.at(of).device.id, 'operator')
    const mayGive = this.actor(by)?.scopes ?? []
    assert.equal(coversScopes(mayGive, token?.scopes ?? []), true, 'a token is wider than who changed it')
  }

  async connect({ who: n, scopes: asked, age }: Extract<Step, { do: 'connect' }>): Promise<void> {
    const { device, ledger } = this.at(n)
    const known = [...ledger.burned, ...ledger.secrets]
    const token = age < 0 ? undefined : known.at(-1 - age)
    const result = await this.world.connect(device, { scopes: asked, token })
    if (!result.ok) return
    this.accepted += 1
    const { principal, token: told } = result.value
    assert(told && principal.kind === 'device')
    assert.equal(ledger.stands, true, 'a token was accepted after its revoke')
    assert.equal(this.hasEnded(ledger), false, 'a token was accepted after its deadline')
    assert.equal(this.isGood(ledger), true, 'a token was accepted that lay unused')
    assert.equal(token !== undefined && ledger.burned.has(token), false, 'a burned secret was accepted')
    assert.equal(ledger.burned.has(told.secret), false, 'a burned secret was told again')
    assert.equal(coversScopes(ledger.granted, principal.scopes), true, 'a connection is above its ceiling')
    assert.equal(principal.sessionId, ledger.session, 'a connection is in the session that was left')
    if (!ledger.secrets.includes(told.secret)) ledger.secrets.push(told.secret)
    ledger.acting = principal
    ledger.used = this.world.now()
    const { tokenId, deviceId } = told.record
    await this.world.store.noteTokenUse([{ tokenId, deviceId, at: this.world.now(), ip: undefined }])
  }

  /** The device asks by its key alone, and the actor answers. */
  async approve(step: Extract<Step, { do: 'approve' }>): Promise<void> {
    const { device, ledger } = this.at(step.who)
    const token = ledger.secrets.at(-1)
    await this.connect({
      do: 'connect',
      who: step.who,
      scopes: step.scopes,
      age: token === undefined ? -1 : 0,
    })
    await this.connect({ do: 'connect', who: step.who, scopes: step.scopes, age: -1 })
    const [request] = await this.world.store.read.listOpenRequests(this.world.now(), device.id)
    const by = this.actor(step.actor)
    if (!request || !by) return
    const before = this.isGood(ledger)
    const options = { requestId: request.id, expiresInMs: step.lifetime }
    const approved = await this.world.core.approveRequest(by, options)
    if (!approved.ok) return
    assert.equal(this.mayAct(step.actor), true, 'an ended grant approved')
    assert.equal(coversScopes(by.scopes, request.scopes), true, 'an approver gave what it does not hold')
    const now = this.world.now()
    const keeps = ledger.stands && !this.hasEnded(ledger)
    const given = step.lifetime ?? (ledger.stands ? ledger.lifetime : undefined)
    const end = given === undefined ? undefined : now + given
    ledger.end = step.lifetime === undefined && keeps ? ledger.end : end
    ledger.lifetime = given
    ledger.granted = [...(before ? ledger.granted : []), ...request.scopes]
    ledger.used = now
    ledger.stands = true
    const stored = await this.world.store.read.findToken(device.id, 'operator')
    ledger.session = stored?.sessionId
  }

  async extend({ actor: by, who: of, lifetime: given }: Extract<Step, { do: 'extend' }>): Promise<void> {
    const [principal, { ledger }] = [this.actor(by), this.at(of)]
    if (!principal) return
    const change = { ...this.target(of), lifetime: given ?? ('never' as const) }
    const extended = await this.world.core.extendToken(principal, change)
    if (!extended.ok) return
    assert.equal(ledger.stands, true, 'a revoked token was given time')
    assert.notEqual(by, of, 'a device gave itself time')
    await this.judge(by, of)
    const now = this.world.now()
    Object.assign(ledger, { end: given && now + given, lifetime: given, used: now })
  }

  async change(kind: 'rotate' | 'move' | 'revoke', by: number, of: number): Promise<void> {
    const [principal, { ledger }] = [this.actor(by), this.at(of)]
    if (!principal) return
    if (kind === 'rotate') {
      const rotated = await this.world.core.rotateToken(principal, this.target(of))
      if (!rotated.ok) return
      // Whoever rotates its own token over its connection uses it.
      const isGood = by === of ? !this.hasEnded(ledger) : this.isGood(ledger)
      assert.equal(isGood && ledger.stands, true, 'a token that had ended was rotated')
      await this.judge(by, of)
      ledger.used = this.world.now()
    } else if (kind === 'move') {
      const moved = await this.world.core.moveToken(principal, { ...this.target(of), session: 'new' })
      if (!moved.ok) return
      assert.equal(ledger.stands, true, 'a revoked token was moved')
      assert.notEqual(moved.value.token.sessionId, EVERY_SESSION)
      await this.judge(by, of)
      ledger.session = moved.value.token.sessionId
    } else {
      const revoked = await this.world.core.revokeToken(principal, this.target(of))
      if (!revoked.ok) return
      for (const secret of ledger.secrets) ledger.burned.add(secret)
      Object.assign(ledger, { ...nothing(), burned: ledger.burned, acting: ledger.acting })
    }
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'connect':
        return this.connect(step)
      case 'approve':
        return this.approve(step)
      case 'extend':
        return this.extend(step)
      case 'wait':
        return this.world.pass(step.ms)
      default:
        return this.change(step.do, step.actor, step.who)
    }
  }
}

test('no walk over approving, rotating, extending, moving, revoking and waiting lets a token in after its end, or above its approvers', async () => {
  const devices = Array.from({ length: DEVICES }, makeDevice)
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }), async (steps) => {
      const world = await openWorld(undefined, { idleTtlMs: IDLE })
      try {
        const walk = new Walk(world, devices)
        // Two admins and a reader, so that there are actors from the start.
        for (const [n, asked] of [ADMIN, ADMIN, ['operator.read'] as Scope[]].entries()) {
          await walk.approve({ do: 'approve', actor: -1, who: n, scopes: asked, lifetime: undefined })
          await walk.connect({ do: 'connect', who: n, scopes: asked, age: -1 })
        }
        for (const taken of steps) await walk.take(taken)
        accepted += walk.accepted
      } finally {
        await world.close()
      }
    }),
    { numRuns: 80, interruptAfterTimeLimit: 30_000, markInterruptAsFailure: false },
  )
  assert.ok(accepted > 0)
})
