import { formatInstant } from '../../texts/format.ts'
import { useConsole } from '../console-context.ts'
import { DeviceLink } from '../devices/device-link.tsx'
import { kindText } from '../texts/catalogue.ts'
import { Actor } from './actor.tsx'
import { EventChange } from './event-change.tsx'
import type { AuditEvent } from './use-audit.ts'

export function AuditRow({ event }: { readonly event: AuditEvent }) {
  const { say, language } = useConsole()
  const { seq, at, kind, deviceId, actor, address, after, before, erased } = event
  const name = after?.name ?? before?.name
  return (
    <li class="card audit-row">
      <span class="quiet mono">{seq}</span>
      <div class="audit-what">
        <strong>{kindText(kind, say)}</strong>
        {deviceId !== undefined && (
          <span class="audit-device">
            <DeviceLink deviceId={deviceId} name={name} />
          </span>
        )}
        <p class="quiet">
          <EventChange event={event} />
          {erased && say('audit.erased')}
        </p>
      </div>
      <p class="quiet">
        <Actor actor={actor} address={address} />
      </p>
      <time class="quiet" dateTime={new Date(at).toISOString()}>
        {formatInstant(at, language)}
      </time>
    </li>
  )
}
