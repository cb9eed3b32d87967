import type { GatewayEvent } from './gateway-event.ts'

type EventKind = GatewayEvent['kind']

/** One side of a change, as far as the change touched it. */
export interface EventState {
  readonly name?: string | undefined
  /** Of a session. */
  readonly label?: string | undefined
  readonly roles?: readonly string[] | undefined
  readonly scopes?: readonly string[] | undefined
  readonly session?: string | undefined
  readonly expiresAt?: number | undefined
  /** What a recovery found in the log, and at which number. */
  readonly fault?: string | undefined
  readonly seq?: number | undefined
  /** Of an order about the log itself: how many events, and those before which moment. */
  readonly count?: number | undefined
  readonly until?: number | undefined
  /** Of a checkpoint: epoch and seal of its event. */
  readonly epoch?: number | undefined
  readonly mac?: string | undefined
}

export interface EventChange {
  readonly before?: EventState | undefined
  readonly after?: EventState | undefined
}

/** What lies beside an event and can be erased without breaking the chain. */
export interface EventDetails extends EventChange {
  readonly address?: string | undefined
  readonly connection?: string | undefined
}

/**
 * Events about the log itself. Their details are what a later verification goes by: they are never erased,
 * and so hold nothing that tells of a person.
 */
export const LASTING_KINDS = [
  'details-erased',
  'log-pruned',
  'log-recovered',
  'keys-changed',
] as const satisfies readonly EventKind[]

export function isLasting(kind: string): boolean {
  return LASTING_KINDS.some((lasting) => lasting === kind)
}

/** JSON with sorted keys and nothing undefined: equal details have one spelling, and so one hash. */
export function writeDetails(details: EventDetails): string {
  return canonicalJson(details)
}

/** Details as they were written, or `undefined` for a text that is none: whoever verifies finds that out. */
export function readDetails(body: string): EventDetails | undefined {
  const details = parse(body)
  if (!isObject(details)) return undefined
  const { before, after, address, connection } = details
  return {
    before: readState(before),
    after: readState(after),
    address: readText(address),
    connection: readText(connection),
  }
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const names = Object.keys(value).filter((name) => value[name] !== undefined)
  const fields = names.sort().map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`)
  return `{${fields.join(',')}}`
}

function readState(value: unknown): EventState | undefined {
  if (!isObject(value)) return undefined
  const { name, label, roles, scopes, session, expiresAt, fault, seq, count, until, epoch, mac } = value
  return {
    name: readText(name),
    label: readText(label),
    roles: readTexts(roles),
    scopes: readTexts(scopes),
    session: readText(session),
    expiresAt: readNumber(expiresAt),
    fault: readText(fault),
    seq: readNumber(seq),
    count: readNumber(count),
    until: readNumber(until),
    epoch: readNumber(epoch),
    mac: readText(mac),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
function readTexts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : undefined
}
function readNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
