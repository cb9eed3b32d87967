import { Foreign } from '../../components/foreign.tsx'
import { type Console, useConsole } from '../console-context.ts'
import { formatInstant } from '../format.ts'
import { kindText } from '../texts/catalogue.ts'
import type { AuditEvent } from './use-audit.ts'

export function AuditRow({ event }: { readonly event: AuditEvent }) {
  const console = useConsole()
  const { say, language } = console
  const { seq, at, kind, deviceId, address, after, before, erased } = event
  const name = after?.name ?? before?.name
  return (
    <li class="card audit-row">
      <span class="quiet mono">{seq}</span>
      <div class="audit-what">
        <strong>{kindText(kind, say)}</strong>
        {deviceId !== undefined && (
          <a class="audit-device" href={`#devices/${deviceId}`}>
            <Foreign text={name} otherwise={deviceId.slice(0, 12)} />
          </a>
        )}
        <p class="quiet">
          <Changes event={event} />
          {erased && say('audit.erased')}
        </p>
      </div>
      <p class="quiet">
        {actorText(console, event)}
        {address !== undefined && (
          <>
            {' · '}
            <Foreign text={address} otherwise="" />
          </>
        )}
      </p>
      <time class="quiet" dateTime={new Date(at).toISOString()}>
        {formatInstant(at, language)}
      </time>
    </li>
  )
}

function actorText({ say, device }: Console, { actor }: AuditEvent): string {
  if (actor === 'owner') return say('audit.owner')
  if (actor === 'shared-secret') return say('audit.secret')
  const [, id = actor] = /^device:(.*)$/.exec(actor) ?? []
  return id === device.key.deviceId ? say('me.title') : id.slice(0, 12)
}

/** What was before, and what is since. */
function Changes({ event: { before, after } }: { readonly event: AuditEvent }) {
  const { say } = useConsole()
  const one = (before?.scopes ?? []).join(', ')
  const other = (after?.scopes ?? []).join(', ')
  if (one === other) return null
  return (
    <span class="mono">
      {one || say('audit.nothing')} → {other || say('audit.nothing')}{' '}
    </span>
  )
}
