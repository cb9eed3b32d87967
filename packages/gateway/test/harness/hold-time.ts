import type { TestContext } from 'node:test'

/** The wall clock of this process, gateway included; timers run on. */
export interface HeldTime {
  advance(ms: number): void
}

/** Takes the wall clock into the test's hand until the test is over; call it before the gateway starts. */
export function holdTime(context: Pick<TestContext, 'mock'>): HeldTime {
  let now = Date.now()
  context.mock.timers.enable({ apis: ['Date'], now })
  return {
    advance(ms) {
      now += ms
      context.mock.timers.setTime(now)
    },
  }
}
