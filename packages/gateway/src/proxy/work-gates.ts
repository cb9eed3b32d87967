import type { Clock, DevicePrincipal } from '@pairgate/core'
import type { DeviceId, Instant, Role } from '@pairgate/protocol'
import type { ClosesGates } from '../ws/decision-watch.ts'

/** A request, a stream or a tunnel that a token has opened, for as long as it lasts. */
export interface Work {
  readonly principal: DevicePrincipal
  /** When the token runs out that it stands on. */
  readonly expiresAt: Instant | undefined
  /** Ends it at once, whatever the peers do. */
  readonly cut: () => void
}

/** The gate of one piece of work. */
export interface Gate {
  readonly isOpen: boolean
  /** The work is over. */
  leave(): void
}

/** Work of which it is not known yet who does it. */
export interface Announced {
  /** From here on it is the caller's; what was decided about the caller meanwhile holds for it too. */
  enter(work: Work): Gate
  /** Nothing more is to be known; also called when the work has been entered. */
  over(): void
}

/** Everything of HTTP that a revocation has to end. */
export interface WorkGates extends ClosesGates {
  /** From the moment this returns, no decision passes the work by. */
  announce(): Announced
  /** Work whose caller is known in the same step, so that nothing can be decided in between. */
  enter(work: Work): Gate
  /** Cuts what stands on tokens that ran out. */
  sweep(): void
  readonly size: number
}

/** What a decision does to a gate that it is about. */
type Effect = (gate: OpenGate) => void

export function createWorkGates({ clock }: { readonly clock: Clock }): WorkGates {
  const byDevice = new Map<DeviceId, Set<OpenGate>>()
  const announced = new Set<Effect[]>()

  function forget(gate: OpenGate): void {
    const { deviceId } = gate.work.principal
    const own = byDevice.get(deviceId)
    own?.delete(gate)
    if (own?.size === 0) byDevice.delete(deviceId)
  }
  function all(): OpenGate[] {
    return [...byDevice.values()].flatMap((gates) => [...gates])
  }
  function decide(gates: Iterable<OpenGate>, effect: Effect): void {
    for (const gate of [...gates]) effect(gate)
    for (const effects of announced) effects.push(effect)
  }
  function decideOn(deviceId: DeviceId, role: Role | undefined, effect: Effect): void {
    decide(byDevice.get(deviceId) ?? [], (gate) => {
      const { principal } = gate.work
      if (principal.deviceId === deviceId && (role === undefined || principal.role === role)) effect(gate)
    })
  }
  function enter(work: Work): OpenGate {
    const gate = new OpenGate(work, forget)
    const { deviceId } = work.principal
    const own = byDevice.get(deviceId)
    if (own) own.add(gate)
    else byDevice.set(deviceId, new Set([gate]))
    return gate
  }
  return {
    enter,
    announce() {
      const effects: Effect[] = []
      announced.add(effects)
      return {
        enter(work) {
          const gate = enter(work)
          for (const effect of effects) effect(gate)
          announced.delete(effects)
          return gate
        },
        over: () => announced.delete(effects),
      }
    },
    closeDevice: (deviceId, role) => decideOn(deviceId, role, (gate) => gate.close()),
    closeSession: (id) => decide(all(), (gate) => gate.work.principal.sessionId === id && gate.close()),
    setDeadline(deviceId, role, expiresAt) {
      decideOn(deviceId, role, (gate) => {
        gate.expiresAt = expiresAt
      })
    },
    closeAll: () => decide(all(), (gate) => gate.close()),
    sweep() {
      const now = clock.now()
      for (const gate of all()) if (gate.expiresAt !== undefined && now >= gate.expiresAt) gate.close()
    },
    get size() {
      return all().length
    },
  }
}

class OpenGate implements Gate {
  readonly work: Work
  /** May be another one than at the beginning. */
  expiresAt: Instant | undefined
  readonly #forget: (gate: OpenGate) => void
  #isOpen = true

  constructor(work: Work, forget: (gate: OpenGate) => void) {
    this.work = work
    this.expiresAt = work.expiresAt
    this.#forget = forget
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  leave(): void {
    this.#isOpen = false
    this.#forget(this)
  }

  close(): void {
    if (!this.#isOpen) return
    this.leave()
    this.work.cut()
  }
}
