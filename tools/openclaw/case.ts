import type { Gateway } from './machines/gateway.ts'
import type { Machine } from './machines/machine.ts'
import type { Place } from './machines/settings.ts'

/** Whose command is tried. */
export type Program = 'OpenClaw' | 'Pairgate'

export interface Stage {
  readonly gateway: Gateway
  /** The case's own machine with a program, or another one by a name; it begins without anything. */
  machine(program: Program, which?: string): Machine
  /** What leads the program to the gateway, with the shared secret. */
  env(program: Program): NodeJS.ProcessEnv
}

export interface Outcome {
  /** What came of it, in words that are the same in every run. */
  readonly text: string
  /** The places of its JSON output. */
  readonly keys?: ReadonlySet<string>
}

/** One line of the table: what is typed, and what comes of it at each gateway. */
export interface Case {
  readonly program: Program
  readonly title: string
  /** Where the command is, seen from the gateway; on its machine, if left out. */
  readonly place?: Place
  /** At OpenClaw's gateway. */
  readonly there: string
  /** At this one, if it is something else; then also why. */
  readonly here?: string
  readonly why?: string
  /** @throws when what it says or does is wrong at any gateway. */
  play(stage: Stage): Promise<Outcome>
}
