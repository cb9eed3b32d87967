import { parseSessionKey } from '@pairgate/protocol'
import { useCallback, useState } from 'preact/hooks'
import { Foreign } from '../../components/foreign.tsx'
import { Notice } from '../../components/notice.tsx'
import { ActionDialog } from '../action-dialog.tsx'
import { useConsole } from '../console-context.ts'
import { WrongInput } from '../failure-notice.tsx'
import { LabelField } from '../grant-fields.tsx'
import type { Say } from '../texts/catalogue.ts'
import { useLive } from '../use-live.ts'
import type { Session } from './sessions-view.tsx'

interface SessionDialogProps {
  readonly row: Session
  readonly onClose: () => void
}

/** A place of its own for devices and messages. */
export function CreateDialog({ onClose }: Pick<SessionDialogProps, 'onClose'>) {
  const { say, session } = useConsole()
  const [key, setKey] = useState('')
  const [label, setLabel] = useState('')
  const text = label.trim()
  return (
    <ActionDialog
      title={say('sessions.create.title')}
      action={say('sessions.create.submit')}
      onDo={async () => {
        const named = { key: checkKey(key, say), ...(text !== '' && { label: text }) }
        await session.request('sessions.create', named)
      }}
      onClose={onClose}
    >
      <p>{say('sessions.create.text')}</p>
      <Names value={key} label={label} onKey={setKey} onLabel={setLabel} />
    </ActionDialog>
  )
}

export function RenameDialog({ row, onClose }: SessionDialogProps) {
  const { say, session } = useConsole()
  const [key, setKey] = useState(row.key)
  const [label, setLabel] = useState(row.label ?? '')
  const text = label.trim()
  return (
    <ActionDialog
      title={say('sessions.rename.title', { key: row.key })}
      action={say('rename.submit')}
      onDo={async () => {
        const change = { newKey: checkKey(key, say), label: text === '' ? null : text }
        await session.request('sessions.patch', { key: row.key, ...change })
      }}
      onClose={onClose}
    >
      <p>{say('sessions.rename.text')}</p>
      <Names value={key} label={label} onKey={setKey} onLabel={setLabel} />
    </ActionDialog>
  )
}

interface NamesProps {
  readonly value: string
  readonly label: string
  readonly onKey: (value: string) => void
  readonly onLabel: (value: string) => void
}

function Names({ value, label, onKey, onLabel }: NamesProps) {
  const { say } = useConsole()
  const isWrong = value !== '' && parseSessionKey(readKey(value)) === undefined
  return (
    <>
      <div class="field">
        <label for="session-key">{say('sessions.key')}</label>
        <input
          id="session-key"
          class="input mono"
          type="text"
          maxLength={64}
          autoComplete="off"
          autoCapitalize="none"
          spellcheck={false}
          value={value}
          aria-invalid={isWrong}
          aria-describedby="session-key-hint"
          onInput={({ currentTarget }) => onKey(currentTarget.value)}
        />
        <p id="session-key-hint" class="quiet">
          {say('sessions.key.hint')}
        </p>
      </div>
      <LabelField
        id="session-label"
        title={say('sessions.label')}
        value={label}
        hint={say('sessions.label.hint')}
        onChange={onLabel}
      />
    </>
  )
}

/** Keyboards of phones begin with a capital, and no key has one. */
function readKey(text: string): string {
  return text.trim().toLowerCase()
}

/** @throws WrongInput */
function checkKey(text: string, say: Say): string {
  const key = parseSessionKey(readKey(text))
  if (key === undefined) throw new WrongInput(say('sessions.key.wrong'))
  return key
}

const NAMED = 5

/** Says who will be out and what is lost before anything is. */
export function DeleteDialog({ row, onClose }: SessionDialogProps) {
  const { say, session } = useConsole()
  const { key, tokens = 0, lastSeq } = row
  const load = useCallback(
    () => session.request('device.page', { session: key, state: 'live', limit: NAMED }),
    [session, key],
  )
  const { data } = useLive(session, tokens > 0 ? load : undefined, 'device.pair.changed')
  const revokeTokens = tokens > 0
  const more = (data?.total ?? 0) - (data?.devices.length ?? 0)
  return (
    <ActionDialog
      title={say('sessions.delete.title', { key })}
      action={say(revokeTokens ? 'sessions.delete.both' : 'sessions.delete.submit')}
      isDangerous
      onDo={() => session.request('sessions.delete', { key, ...(revokeTokens && { revokeTokens }) })}
      onClose={onClose}
    >
      <p>{lastSeq === 0 ? say('sessions.delete.empty') : say('sessions.delete.text', { count: lastSeq })}</p>
      {revokeTokens && (
        <Notice tone="warning" title={say('sessions.delete.out', { count: tokens })}>
          <p>{say('sessions.delete.out.text')}</p>
          <ul class="names">
            {data?.devices.map(({ deviceId, operatorLabel, displayName }) => (
              <li key={deviceId}>
                <Foreign text={operatorLabel ?? displayName} otherwise={deviceId.slice(0, 12)} />
              </li>
            ))}
            {more > 0 && <li>{say('sessions.delete.more', { count: more })}</li>}
          </ul>
        </Notice>
      )}
    </ActionDialog>
  )
}
