import type { TestContext } from 'node:test'

/** The clocks of this process, gateway included; timers run on. */
export interface HeldTime {
  /** Time passes, as the machine's clock and its ticks tell it. */
  advance(ms: number): void
  /** Somebody sets the machine's clock. */
  jump(ms: number): void
}

/** Takes both clocks into the test's hand until the test is over; call it before the gateway starts. */
export function holdTime({ mock }: Pick<TestContext, 'mock'>): HeldTime {
  let ticks = performance.now()
  mock.timers.enable({ apis: ['Date'], now: Date.now() })
  mock.method(performance, 'now', () => ticks)
  const jump = (ms: number) => mock.timers.setTime(Date.now() + ms)
  return {
    jump,
    advance(ms) {
      ticks += ms
      jump(ms)
    },
  }
}

/** Does once everything that is done from time to time. */
export type RunSweepers = () => void

/** Takes the sweepers into the test's hand as well: nothing is swept unless the test says so. */
export function holdSweepers({ mock }: Pick<TestContext, 'mock'>): RunSweepers {
  const sweepers = new Set<object>()
  mock.method(globalThis, 'setInterval', (work: () => void) => {
    const sweeper = { work, unref: () => sweeper }
    sweepers.add(sweeper)
    return sweeper
  })
  mock.method(globalThis, 'clearInterval', (sweeper: object) => void sweepers.delete(sweeper))
  return () => {
    for (const sweeper of sweepers) if ('work' in sweeper) (sweeper.work as () => void)()
  }
}
