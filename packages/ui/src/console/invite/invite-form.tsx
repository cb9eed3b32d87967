import { coversScopes } from '@pairgate/protocol'
import { useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { useConsole } from '../console-context.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { LabelField, type Lifetime, LifetimeField, SessionField } from '../grant-fields.tsx'
import { MissingRight } from '../me/missing-view.tsx'
import type { Invited } from './invited.ts'

/** What most people mean; finer is an approval with a choice of scopes. */
const PRESETS = [
  ['viewer', ['operator.read']],
  ['operator', ['operator.write', 'operator.approvals', 'operator.questions']],
  ['admin', ['operator.admin']],
] as const

export function InviteForm({ onInvited }: { readonly onInvited: (invited: Invited) => void }) {
  const { say, session, hello } = useConsole()
  const offered = PRESETS.filter(([, scopes]) => coversScopes(hello.auth.scopes, scopes))
  const [preset, setPreset] = useState(offered[0]?.[0])
  const [target, setTarget] = useState('')
  const [lifetime, setLifetime] = useState<Lifetime>()
  const [label, setLabel] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()

  async function invite(): Promise<void> {
    const scopes = PRESETS.find(([name]) => name === preset)?.[1] ?? []
    const order = {
      scopes: [...scopes],
      withCode: true,
      ...(target !== '' && { session: target }),
      ...(typeof lifetime === 'number' && { tokenTtlMs: lifetime }),
      ...(label.trim() !== '' && { label: label.trim() }),
    }
    setBusy(true)
    setError(undefined)
    try {
      onInvited(await session.request('device.pair.invite', order))
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  if (offered.length === 0) return <MissingRight scope="operator.read" />
  return (
    <form
      class="card stack narrow"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void invite()
      }}
    >
      <p>{say('invite.intro')}</p>
      <fieldset class="choices">
        <legend>{say('invite.preset')}</legend>
        {offered.map(([name]) => (
          <label key={name} class="choice">
            <input type="radio" name="preset" checked={preset === name} onChange={() => setPreset(name)} />
            <span>
              <strong>{say(`invite.${name}`)}</strong> <span class="quiet">{say(`invite.${name}.text`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div class="fields">
        <SessionField
          id="invite-session"
          value={target}
          otherwise={say('session.default')}
          onChange={setTarget}
        />
        <LifetimeField
          id="invite-expiry"
          value={lifetime}
          otherwise={say('expiry.keep')}
          canBeEndless={false}
          onChange={setLifetime}
        />
      </div>
      <LabelField id="invite-label" value={label} hint={say('approve.label.hint')} onChange={setLabel} />
      {error !== undefined && <FailureNotice error={error} />}
      <div class="row">
        <Button look="main" submits isWaiting={isBusy}>
          {say('invite.submit')}
        </Button>
      </div>
    </form>
  )
}
