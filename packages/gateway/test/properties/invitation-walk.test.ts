import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NewInvitation } from '@pairgate/core'
import { coversScopes, type DeviceId, minutes, type Scope } from '@pairgate/protocol'
import fc from 'fast-check'
import { makeDevice, openWorld, PLAYED, type TestDevice, type World } from './core-world.ts'

const DEVICES = 3
const who = fc.integer({ min: 0, max: DEVICES - 1 })
const pick = fc.nat({ max: 7 })
const scopes = fc.subarray([...PLAYED])
const flag = fc.boolean()

type Step =
  | { readonly do: 'invite'; readonly scopes: Scope[]; readonly confirm: boolean; readonly withCode: boolean }
  | {
      readonly do: 'redeem'
      readonly who: number
      readonly pick: number
      readonly code: boolean
      readonly asked: Scope[]
    }
  | { readonly do: 'cancel' | 'confirm'; readonly pick: number }
  | { readonly do: 'revoke' | 'remove'; readonly who: number }
  | { readonly do: 'wait'; readonly ms: number }

const is = <const Name extends string>(name: Name) => fc.constant(name)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: is('invite'), scopes, confirm: flag, withCode: flag }) },
  { weight: 8, arbitrary: fc.record({ do: is('redeem'), who, pick, code: flag, asked: scopes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'confirm' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('revoke' as const, 'remove' as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: is('wait'), ms: fc.constantFrom(1_000, minutes(5), minutes(10)) }),
  },
)

/** What the walk itself believes of an invitation. */
interface Handed {
  readonly made: NewInvitation
  admitted: DeviceId | undefined
  isOver: boolean
}

class Walk {
  readonly handed: Handed[] = []
  readonly granted = new Map<DeviceId, Scope[]>()
  readonly world: World
  readonly devices: readonly TestDevice[]

  constructor(world: World, devices: readonly TestDevice[]) {
    this.world = world
    this.devices = devices
  }
  device(at: number): TestDevice {
    return this.devices[at] ?? assert.fail()
  }
  at(pickAt: number): Handed | undefined {
    return this.handed.at(-1 - (pickAt % Math.max(this.handed.length, 1)))
  }
  hasEnded({ made: { invitation } }: Handed): boolean {
    return this.world.now() >= Number(invitation.expiresAt)
  }

  async invite({ scopes: given, confirm, withCode }: Extract<Step, { do: 'invite' }>): Promise<void> {
    const order = { roles: ['operator'], scopes: given, session: 'new', confirm, withCode } as const
    const made = await this.world.core.createInvitation(this.world.owner, order)
    if (made.ok) this.handed.push({ made: made.value, admitted: undefined, isOver: false })
    else assert.equal(made.refusal.reason, 'too-many-codes')
  }

  /** Twice at once, by this device and by another one. */
  async redeem({ who: one, pick: pickAt, code, asked }: Extract<Step, { do: 'redeem' }>): Promise<void> {
    const handed = this.at(pickAt)
    if (!handed) return
    const { invitation, secret, code: digits } = handed.made
    const bootstrapToken = code ? digits : secret
    if (bootstrapToken === undefined) return
    const both = [this.device(one), this.device((one + 1) % DEVICES)]
    const answers = await Promise.all(
      both.map((device, n) =>
        this.world.connect(device, { scopes: asked, bootstrapToken, from: `192.0.2.${one}${n}` }),
      ),
    )
    for (const [n, answer] of answers.entries()) {
      const { id } = both[n] ?? assert.fail()
      if (!answer.ok) continue
      assert.equal(
        handed.isOver || this.hasEnded(handed),
        false,
        'an invitation that was over let somebody in',
      )
      assert.equal(handed.admitted ?? id, id, 'one invitation admitted two devices')
      assert.equal(coversScopes(invitation.scopes, asked), true, 'more was given than was promised')
      if (handed.admitted === undefined) {
        assert.equal(invitation.confirm, false, 'nobody confirmed')
        this.admit(handed, id)
      }
      const { principal, token } = answer.value
      assert.equal(coversScopes(token?.record.scopes ?? [], principal.scopes), true)
      assert.equal(
        coversScopes(this.granted.get(id) ?? [], token?.record.scopes ?? []),
        true,
        'a token was widened',
      )
    }
  }
  admit(handed: Handed, id: DeviceId): void {
    handed.admitted = id
    this.granted.set(id, [...(this.granted.get(id) ?? []), ...handed.made.invitation.scopes])
  }

  async decide(step: Extract<Step, { do: 'cancel' | 'confirm' }>): Promise<void> {
    const handed = this.at(step.pick)
    if (!handed) return
    const { core, owner } = this.world
    const { id } = handed.made.invitation
    const isOpen = handed.admitted === undefined && !handed.isOver && !this.hasEnded(handed)
    if (step.do === 'cancel') {
      const cancelled = await core.cancelInvitation(owner, id)
      assert.equal(cancelled.ok, isOpen)
      if (cancelled.ok) handed.isOver = true
      return
    }
    const confirmed = await core.confirmInvitation(owner, { id })
    if (!confirmed.ok) return
    assert.equal(isOpen, true, 'an invitation that was over was confirmed')
    this.admit(handed, confirmed.value.device.id)
  }

  async end(kind: 'revoke' | 'remove', at: number): Promise<void> {
    const { core, owner } = this.world
    const { id } = this.device(at)
    const ended =
      kind === 'revoke'
        ? await core.revokeToken(owner, { deviceId: id, role: 'operator' })
        : await core.removeDevice(owner, id)
    if (!ended.ok) return
    this.granted.delete(id)
    for (const handed of this.handed) if (handed.admitted === id) handed.isOver = true
  }

  async take(taken: Step): Promise<void> {
    switch (taken.do) {
      case 'invite':
        return this.invite(taken)
      case 'redeem':
        return this.redeem(taken)
      case 'cancel':
      case 'confirm':
        return this.decide(taken)
      case 'revoke':
      case 'remove':
        return this.end(taken.do, taken.who)
      case 'wait':
        return this.world.pass(taken.ms)
    }
  }
}

test('no walk over inviting, redeeming, confirming, cancelling and revoking admits two, or anybody to more', async () => {
  const devices = Array.from({ length: DEVICES }, makeDevice)
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }),
    async (steps) => {
      const world = await openWorld(undefined, { believesSignatures: true })
      try {
        const walk = new Walk(world, devices)
        for (const taken of steps) await walk.take(taken)
      } finally {
        await world.close()
      }
    },
  )
  await fc.assert(property, { numRuns: 100, interruptAfterTimeLimit: 30_000, markInterruptAsFailure: false })
})
