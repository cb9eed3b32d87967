import { Foreign } from '../../components/foreign.tsx'
import { Age } from '../age.tsx'
import { useConsole } from '../console-context.ts'
import type { Invitation } from '../requests/inbox.ts'
import { ScopeChips, SessionName } from '../scope-chips.tsx'
import { CancelButton } from './invited-view.tsx'

export function OpenInvitations({ open }: { readonly open: readonly Invitation[] }) {
  const { say } = useConsole()
  return (
    <section class="stack" aria-labelledby="open-title">
      <h2 id="open-title">{say('invite.open')}</h2>
      {open.length === 0 && <p class="quiet">{say('invite.open.none')}</p>}
      <ul class="device-list">
        {open.map(({ id, label, scopes, session, expiresAtMs, claim }) => (
          <li key={id} class="card device-row">
            <strong>
              <Foreign text={label} otherwise={say('console.nothing')} />
            </strong>
            <p class="device-scopes">
              <ScopeChips scopes={scopes} otherwise={say('me.scopes.none')} />
            </p>
            <p class="quiet">
              {session !== undefined && <SessionName session={session} />}{' '}
              {expiresAtMs === undefined ? (
                say('me.until.none')
              ) : (
                <Age at={expiresAtMs} say={(when) => say('devices.ends', { when })} />
              )}
            </p>
            {claim ? <p class="quiet">{say('invite.claim')}</p> : <CancelButton id={id} label={label} />}
          </li>
        ))}
      </ul>
    </section>
  )
}
