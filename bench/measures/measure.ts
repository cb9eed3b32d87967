import type { Figure } from '../figures.ts'
import type { Workshop } from '../state/workshop.ts'

export interface MeasureContext {
  readonly workshop: Workshop
  /** Devices of the big database of `--devices`. */
  readonly manyDevices: number
}

/** Brings some figures; leaves no process behind. */
export type Measure = (context: MeasureContext) => Promise<readonly Figure[]>
