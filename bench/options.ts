import { parseArgs } from 'node:util'
import type { Measure } from './measures/measure.ts'

export interface BenchOptions {
  readonly json: boolean
  readonly help: boolean
  /** Ends with 1 when a budget was missed. */
  readonly strict: boolean
  readonly only: readonly string[]
  readonly manyDevices: number | undefined
  /** Directory for CPU profiles of every gateway. */
  readonly cpuProf: string | undefined
}

const MOST_DEVICES = 2_000_000

/** Reads the command line; throws a sentence. */
export function readOptions(argv: readonly string[], known: Readonly<Record<string, Measure>>): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      only: { type: 'string' },
      devices: { type: 'string' },
      'cpu-prof': { type: 'string' },
    },
  })
  const only = values.only?.split(',') ?? []
  const unknown = only.find((name) => !Object.hasOwn(known, name))
  if (unknown !== undefined)
    throw new Error(`There is no measure "${unknown}": ${Object.keys(known).join(', ')}.`)
  const { json, help, strict } = values
  return { json, help, strict, only, manyDevices: readDevices(values.devices), cpuProf: values['cpu-prof'] }
}

function readDevices(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const devices = Number(text)
  if (Number.isInteger(devices) && devices >= 1_000 && devices <= MOST_DEVICES) return devices
  throw new Error(`--devices must be a whole number from 1000 to ${MOST_DEVICES}, for example 100000.`)
}
