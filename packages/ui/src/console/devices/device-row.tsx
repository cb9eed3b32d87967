import { Foreign } from '../../components/foreign.tsx'
import { type Console, useConsole } from '../console-context.ts'
import { formatAge } from '../format.ts'
import { ScopeChips } from '../scope-chips.tsx'
import type { Device } from './device-list.ts'
import { type Standing, standingOf } from './standing.ts'

export function DeviceRow({ device }: { readonly device: Device }) {
  const console = useConsole()
  const { say, gatewayNow, language } = console
  const { deviceId, operatorLabel, displayName, platform, tokens, connections, lastSeenAtMs } = device
  const scopes = tokens.find(({ revokedAtMs }) => revokedAtMs === undefined)?.scopes ?? []
  return (
    <li class="card device-row">
      <a class="device-name" href={`#devices/${deviceId}`}>
        <Foreign text={operatorLabel ?? displayName} otherwise={say('console.nothing')} />
      </a>
      <p class="quiet">
        <Foreign text={platform} otherwise={say('console.unknown')} most={24} />
      </p>
      <p class="device-scopes">
        <ScopeChips scopes={scopes} otherwise="–" />
      </p>
      <StandingChip standing={standingOf(device, gatewayNow())} />
      <p class="quiet">
        {connections > 0 ? say('devices.now', { count: connections }) : seenText(console, lastSeenAtMs)}
        {endOf(device) !== undefined && (
          <span class="device-end">
            {say('devices.ends', { when: formatAge(endOf(device) ?? 0, gatewayNow(), language) })}
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

export function seenText({ say, gatewayNow, language }: Console, lastSeenAtMs: number | undefined): string {
  if (lastSeenAtMs === undefined) return say('devices.seen.never')
  return say('devices.seen', { when: formatAge(lastSeenAtMs, gatewayNow(), language) })
}

export function StandingChip({ standing }: { readonly standing: Standing }) {
  const { say } = useConsole()
  return <span class={`chip standing standing-${standing}`}>{say(`devices.state.${standing}`)}</span>
}
