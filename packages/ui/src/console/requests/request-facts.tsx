import type { ComponentChildren } from 'preact'
import { Countdown } from '../../components/countdown.tsx'
import { Foreign } from '../../components/foreign.tsx'
import { Words } from '../../components/words.tsx'
import { tameText } from '../../texts/tame-text.ts'
import { Age } from '../age.tsx'
import { type Console, useConsole } from '../console-context.ts'
import { Fact } from '../fact.tsx'
import { ScopeChips, SessionName } from '../scope-chips.tsx'
import type { DeviceRow, Request } from './inbox.ts'

/** Name of a device for a sentence that only a screen reader says. */
export function spokenName({ say }: Console, { displayName, operatorLabel }: Partial<DeviceRow>): string {
  return tameText(operatorLabel ?? displayName ?? '') || say('console.nothing')
}

interface RequestHeadProps {
  readonly request: Request
  readonly known: DeviceRow | undefined
}

export function RequestHead({ request, known }: RequestHeadProps) {
  const { say } = useConsole()
  const name = known?.operatorLabel ?? request.displayName
  return (
    <header class="request-head">
      <h2>
        <Foreign text={name} otherwise={say('console.nothing')} />
      </h2>
      <span class="chip">{say(request.isRepair || known ? 'requests.again' : 'requests.first')}</span>
    </header>
  )
}

/** Where it comes from, and since when. */
export function RequestPlace({ request }: { readonly request: Request }) {
  const { say, toLocal } = useConsole()
  const { platform, deviceFamily, remoteIp, ts, expiresAtMs, requestId } = request
  return (
    <dl class="facts facts-wide">
      <Fact name={say('requests.platform')}>
        <Foreign text={platform ?? deviceFamily} otherwise={say('console.unknown')} most={32} />
      </Fact>
      <Fact name={say('requests.address')}>
        <Foreign text={remoteIp} otherwise={say('requests.here')} />
      </Fact>
      <Fact name={say('requests.age')}>
        <Age at={ts} />
      </Fact>
      {expiresAtMs !== undefined && (
        <Fact name={say('requests.left')}>
          <Countdown endsAt={toLocal(expiresAtMs)} />
        </Fact>
      )}
      <Fact name={say('requests.id')}>
        <span class="mono foreign">{requestId}</span>
      </Fact>
    </dl>
  )
}

/** What it asks for beside what it has: the difference is what is decided. */
export function RequestRights({ request, known }: RequestHeadProps) {
  const { say } = useConsole()
  const roles = request.roles.length > 0 ? request.roles : [request.role]
  return (
    <div class="beside">
      <Rights name={say('requests.asks')}>
        <ScopeChips scopes={request.scopes} otherwise={say('me.scopes.none')} />
        {roles.map((role) => (
          <RoleChip key={role} role={role} />
        ))}
      </Rights>
      {known?.tokens
        .filter(({ revokedAtMs }) => revokedAtMs === undefined)
        .map(({ role, scopes, session }) => (
          <Rights key={role} name={say('requests.has')}>
            <ScopeChips scopes={scopes} otherwise={say('me.scopes.none')} />
            <RoleChip role={role} />
            <span class="chip">
              <SessionName session={session} />
            </span>
          </Rights>
        ))}
    </div>
  )
}

export function Rights({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div class="rights">
      <h3>{name}</h3>
      <p>{children}</p>
    </div>
  )
}

export function RoleChip({ role }: { readonly role: string }) {
  const { say } = useConsole()
  const isKnown = role === 'operator' || role === 'node'
  return <span class="chip chip-quiet">{isKnown ? say(`role.${role}`) : role}</span>
}

export function RequestWords({ request }: { readonly request: Request }) {
  const console = useConsole()
  const { say } = console
  if (request.fingerprint === undefined) return null
  return (
    <Words
      fingerprint={request.fingerprint}
      label={say('requests.words', { name: spokenName(console, request) })}
    />
  )
}
