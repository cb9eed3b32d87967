import type { UpstreamConfig } from '../config/upstream-config.ts'
import { parseHost } from '../http/host-header.ts'
import { createRecentlyUsed } from '../platform/recently-used.ts'

/** By which door a request came: the port of the gateway, or the one of the upstreams. */
export type Door = 'gateway' | 'upstreams'

export interface Routes<T extends RouteFacts> {
  /** Whether an upstream has this host to itself. */
  ownsHost(header: string | undefined): boolean
  readonly hosts: readonly string[]
  /** The candidates for a host at a door, the most special first. */
  of(header: string | undefined, door: Door): readonly T[]
}

export type RouteFacts = Pick<UpstreamConfig, 'host' | 'segments'>

/** Hosts that were read; strangers can only push each other out. */
const REMEMBERED = 1_024

/** The table of upstreams. Whoever has a host of its own has it at both doors, and nobody else has it. */
export function createRoutes<T extends RouteFacts>(upstreams: readonly T[]): Routes<T> {
  const sorted = upstreams.toSorted(bySpeciality)
  const mounts = sorted.filter(({ host }) => host === undefined)
  const byHost = Map.groupBy(
    sorted.filter(({ host }) => host !== undefined),
    ({ host }) => host ?? '',
  )
  const named = createRecentlyUsed(REMEMBERED, (header: string) => parseHost(header)?.name)
  const nameOf = (header = '') => named(header) ?? ''
  return {
    hosts: [...byHost.keys()],
    ownsHost: (header) => byHost.size > 0 && byHost.has(nameOf(header)),
    of: (header, door) => byHost.get(nameOf(header)) ?? (door === 'upstreams' ? mounts : []),
  }
}

/** Whether other upstreams may have the same origin: only a host without a path is one app's alone. */
export function isShared({ host, segments }: RouteFacts): boolean {
  return host === undefined || segments.length > 0
}

/** Whether a path lies below a route: segment by segment, so that `/app` is not the beginning of `/apple`. */
export function liesBelow({ segments: wanted }: RouteFacts, segments: readonly string[]): boolean {
  if (segments.length < wanted.length) return false
  return wanted.every((each, at) => (each === undefined ? segments[at] !== '' : each === segments[at]))
}

/** The rest of a target behind a route: what its upstream sees when it does not want to know where it is. */
export function stripRoute({ segments }: RouteFacts, raw: string): string {
  let end = 0
  for (let left = segments.length; left > 0; left -= 1) {
    const next = raw.slice(end + 1).search(/[/?]/)
    end = next < 0 ? raw.length : end + 1 + next
  }
  const rest = raw.slice(end)
  return rest.startsWith('/') ? rest : `/${rest}`
}

function bySpeciality(one: RouteFacts, other: RouteFacts): number {
  const depth = other.segments.length - one.segments.length
  return depth === 0 ? vague(one) - vague(other) : depth
}

/** A segment that may be anything gives way to one that is written, the earlier the more so. */
function vague({ segments }: RouteFacts): number {
  const at = segments.indexOf(undefined)
  return at < 0 ? 0 : segments.length - at
}
