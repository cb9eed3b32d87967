import { Foreign } from '../../components/foreign.tsx'
import { Age } from '../age.tsx'
import { useConsole } from '../console-context.ts'
import { ScopeChips } from '../scope-chips.tsx'
import type { Device } from './device-list.ts'
import { type Standing, standingOf } from './standing.ts'

export function DeviceRow({ device }: { readonly device: Device }) {
  const { say, gatewayNow } = useConsole()
  const { deviceId, operatorLabel, displayName, platform, tokens, connections, lastSeenAtMs } = device
  const scopes = tokens.find(({ revokedAtMs }) => revokedAtMs === undefined)?.scopes ?? []
  const end = endOf(device)
  return (
    <li class="card device-row">
      <a class="device-name" href={`#devices/${deviceId}`}>
        <Foreign text={operatorLabel ?? displayName} otherwise={say('console.nothing')} />
      </a>
      <p class="quiet">
        <Foreign text={platform} otherwise={say('console.unknown')} most={24} />{' '}
        <span class="mono">{deviceId.slice(0, 8)}</span>
      </p>
      <p class="device-scopes">
        <ScopeChips scopes={scopes} otherwise="–" />
      </p>
      <StandingChip standing={standingOf(device, gatewayNow())} />
      <p class="quiet">
        <Seen connections={connections} at={lastSeenAtMs} />
        {end !== undefined && (
          <span class="device-end">
            <Age at={end} say={(when) => say('devices.ends', { when })} />
          </span>
        )}
      </p>
    </li>
  )
}

/** When the first of its live tokens ends. */
function endOf({ tokens }: Device): number | undefined {
  const ends = tokens.flatMap(({ revokedAtMs, expiresAtMs }) =>
    revokedAtMs === undefined && expiresAtMs !== undefined ? [expiresAtMs] : [],
  )
  return ends.length > 0 ? Math.min(...ends) : undefined
}

interface SeenProps {
  readonly connections: number
  readonly at: number | undefined
}

/** Whether it is connected, or when it last was. */
export function Seen({ connections, at }: SeenProps) {
  const { say } = useConsole()
  if (connections > 0) return <>{say('devices.now', { count: connections })}</>
  if (at === undefined) return <>{say('devices.seen.never')}</>
  return <Age at={at} say={(when) => say('devices.seen', { when })} />
}

export function StandingChip({ standing }: { readonly standing: Standing }) {
  const { say } = useConsole()
  return <span class={`chip standing standing-${standing}`}>{say(`devices.state.${standing}`)}</span>
}
