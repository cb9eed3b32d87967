import { coversScopes } from '@pairgate/protocol'
import { useState } from 'preact/hooks'
import { ActionDialog } from '../action-dialog.tsx'
import { useConsole } from '../console-context.ts'
import { LabelField, type Lifetime, LifetimeField, SessionField } from '../grant-fields.tsx'
import { scopeText } from '../texts/catalogue.ts'
import { AdminWarning } from './admin-warning.tsx'
import type { DeviceRow, Request } from './inbox.ts'
import { RequestHead, RequestPlace, RequestWords } from './request-facts.tsx'

interface ApproveDialogProps {
  readonly request: Request
  readonly known: DeviceRow | undefined
  readonly onClose: () => void
}

/** What exactly is granted: as asked for, or less. */
export function ApproveDialog({ request, known, onClose }: ApproveDialogProps) {
  const { say, session, hello } = useConsole()
  const held = hello.auth.scopes
  const [scopes, setScopes] = useState<readonly string[]>(() =>
    request.scopes.filter((scope) => coversScopes(held, [scope])),
  )
  const [target, setTarget] = useState('')
  const [lifetime, setLifetime] = useState<Lifetime>()
  const [label, setLabel] = useState('')
  const hasToken = known?.tokens.some((token) => token.role === request.role) === true

  const approve = (): Promise<unknown> =>
    session.request('device.pair.approve', {
      requestId: request.requestId,
      scopes: [...scopes],
      ...(target !== '' && { session: target }),
      ...(lifetime !== undefined && { expiresInMs: lifetime }),
      ...(label.trim() !== '' && { label: label.trim() }),
      ...(request.digest !== undefined && { digest: request.digest }),
    })
  return (
    <ActionDialog
      title={say('approve.title')}
      action={say('approve.submit')}
      isDangerous={scopes.includes('operator.admin')}
      onDo={approve}
      onClose={onClose}
    >
      <RequestHead request={request} known={known} />
      <RequestWords request={request} />
      <ScopeChoice asked={request.scopes} held={held} chosen={scopes} onChange={setScopes} />
      <AdminWarning scopes={scopes} />
      <div class="fields">
        <SessionField
          id="approve-session"
          value={target}
          otherwise={say(hasToken ? 'session.keep' : 'session.default')}
          onChange={setTarget}
        />
        <LifetimeField
          id="approve-expiry"
          value={lifetime}
          otherwise={say('expiry.keep')}
          onChange={setLifetime}
        />
      </div>
      <LabelField id="approve-label" value={label} hint={say('approve.label.hint')} onChange={setLabel} />
      <RequestPlace request={request} />
    </ActionDialog>
  )
}

interface ScopeChoiceProps {
  readonly asked: readonly string[]
  readonly held: readonly string[]
  readonly chosen: readonly string[]
  readonly onChange: (chosen: readonly string[]) => void
}

function ScopeChoice({ asked, held, chosen, onChange }: ScopeChoiceProps) {
  const { say } = useConsole()
  if (asked.length === 0) return <p class="quiet">{say('approve.scopes.none')}</p>
  return (
    <fieldset class="choices">
      <legend>{say('approve.scopes')}</legend>
      {asked.map((scope) => {
        const canGive = coversScopes(held, [scope])
        return (
          <label key={scope} class="choice">
            <input
              type="checkbox"
              checked={chosen.includes(scope)}
              disabled={!canGive}
              onChange={({ currentTarget: { checked } }) => {
                onChange(asked.filter((each) => (each === scope ? checked : chosen.includes(each))))
              }}
            />
            <span>
              {scopeText(scope, say)}
              {!canGive && <span class="quiet"> {say('approve.beyond')}</span>}
            </span>
          </label>
        )
      })}
    </fieldset>
  )
}
