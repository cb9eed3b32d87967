import type { DoctorCheckId } from './check-table.ts'

/** A `note` asks for nothing; `warn` and `fail` do. */
export type FindingLevel = 'ok' | 'note' | 'warn' | 'fail'

/** Something safe that mends a finding, however often it is done. */
export interface Repair {
  /** What was done, as a sentence. */
  readonly did: string
  run(): Promise<void>
}

export interface Finding {
  readonly check: DoctorCheckId
  readonly level: FindingLevel
  readonly what: string
  /** What to do next, with the exact command. */
  readonly advice?: string
  readonly repair?: Repair
}

/** The findings, or that there are none: what was looked at and is well is told too. */
export function orFine(check: DoctorCheckId, what: string, found: readonly Finding[]): readonly Finding[] {
  return found.length > 0 ? found : [{ check, level: 'ok', what }]
}

/** A sentence of ours that ends with what to do, as our errors have it, taken apart. */
export function findingOf(check: DoctorCheckId, level: FindingLevel, message: string): Finding {
  const [what = message, ...rest] = message.split(/\n| (?=Run: )/)
  // A command has to stand alone, to be copied.
  const advice = rest.join(' ').replace(/^Run: (.*?)(?: \(.*\))?\.?$/, '$1')
  return { check, level, what, ...(advice !== '' && { advice }) }
}
