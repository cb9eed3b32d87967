import type { MethodResult } from '@pairgate/client'
import type { ComponentChildren } from 'preact'
import { Foreign } from '../../components/foreign.tsx'
import { formatInstant } from '../../texts/format.ts'
import { useConsole } from '../console-context.ts'
import { SessionName } from '../scope-chips.tsx'
import { scopeText } from '../texts/catalogue.ts'

type Event = MethodResult<'device.history'>['events'][number]
type Side = NonNullable<Event['before']>

interface EventChangeProps {
  readonly event: Pick<Event, 'kind' | 'before' | 'after'>
  /** Whether the sessions in it are keys, and not ids that nobody knows. */
  readonly hasKeys?: boolean
}

/** What was before, and what is since, as far as that is another thing. */
export function EventChange({ event: { kind, before, after }, hasKeys = false }: EventChangeProps) {
  const { say, language } = useConsole()
  const scopes = ({ scopes: list }: Side) =>
    list?.map((scope) => scopeText(scope, say)).join(', ') || undefined
  const ends = ({ expiresAtMs }: Side) =>
    expiresAtMs === undefined ? say('me.until.none') : formatInstant(expiresAtMs, language)
  const pair = (part: (side: Side) => ComponentChildren) => {
    const [one, other] = [before && part(before), after && part(after)]
    if (one === other || (one === undefined && other === undefined)) return null
    if (one === undefined) return <>{other} </>
    return (
      <>
        {one} → {other ?? say('audit.nothing')}{' '}
      </>
    )
  }
  if (kind === 'device-renamed' || kind === 'session-renamed')
    return pair(({ name }) => <Foreign text={name} otherwise={say('console.nothing')} />)
  if (kind === 'token-extended') return pair(ends)
  if (kind === 'token-moved') return hasKeys ? pair(({ session }) => <SessionOf session={session} />) : null
  return pair(scopes)
}

function SessionOf({ session }: { readonly session: string | undefined }) {
  const { say } = useConsole()
  return session === undefined ? say('audit.other') : <SessionName session={session} />
}
