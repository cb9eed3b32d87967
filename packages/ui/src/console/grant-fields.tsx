import { useCallback } from 'preact/hooks'
import { holds, isEverywhere, useConsole } from './console-context.ts'
import type { TextKey } from './texts/en.ts'
import { useLive } from './use-live.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Lifetimes to choose from; `null` has no end. */
const LIFETIMES: readonly (readonly [TextKey, number | null])[] = [
  ['expiry.hour', HOUR],
  ['expiry.day', DAY],
  ['expiry.week', 7 * DAY],
  ['expiry.month', 30 * DAY],
  ['expiry.quarter', 90 * DAY],
  ['expiry.year', 365 * DAY],
  ['expiry.never', null],
]

/** `undefined`: nothing was chosen. */
export type Lifetime = number | null | undefined

interface LifetimeFieldProps {
  readonly id: string
  readonly value: Lifetime
  /** Text for choosing nothing; left out where something has to be chosen. */
  readonly otherwise?: string
  readonly canBeEndless?: boolean
  readonly onChange: (value: Lifetime) => void
}

export function LifetimeField({ id, value, otherwise, canBeEndless = true, onChange }: LifetimeFieldProps) {
  const { say } = useConsole()
  const offered = LIFETIMES.filter(([, ms]) => canBeEndless || ms !== null)
  return (
    <div class="field">
      <label for={id}>{say('expiry.label')}</label>
      <select
        id={id}
        class="input"
        value={value === undefined ? '' : String(value)}
        onChange={({ currentTarget }) => {
          onChange(offered.find(([, ms]) => String(ms) === currentTarget.value)?.[1])
        }}
      >
        {otherwise !== undefined && <option value="">{otherwise}</option>}
        {offered.map(([text, ms]) => (
          <option key={text} value={String(ms)}>
            {say(text)}
          </option>
        ))}
      </select>
    </div>
  )
}

interface SessionFieldProps {
  readonly id: string
  /** Empty: nothing was chosen. */
  readonly value: string
  /** Text for choosing nothing; left out where something has to be chosen. */
  readonly otherwise?: string
  readonly onChange: (value: string) => void
}

/** Sessions that there are, a new one, and for admins of every session all of them. */
export function SessionField({ id, value, otherwise, onChange }: SessionFieldProps) {
  const console = useConsole()
  const { say, session } = console
  const load = useCallback(
    async () => (await session.request('sessions.list', { limit: 1_000 })).sessions.map(({ key }) => key),
    [session],
  )
  const { data: keys = [] } = useLive(session, holds(console, 'operator.read') ? load : undefined, '')
  return (
    <div class="field">
      <label for={id}>{say('session.label')}</label>
      <select
        id={id}
        class="input"
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        {otherwise !== undefined && <option value="">{otherwise}</option>}
        {isEverywhere(console) && <option value="new">{say('session.new')}</option>}
        {isEverywhere(console) && holds(console, 'operator.admin') && (
          <option value="*">{say('session.every')}</option>
        )}
        {keys.map((key) => (
          <option key={key} value={key}>
            {key}
          </option>
        ))}
      </select>
    </div>
  )
}

interface LabelFieldProps {
  readonly id: string
  /** Left out: the reader's own name for a device. */
  readonly title?: string
  readonly value: string
  readonly hint?: string
  readonly onChange: (value: string) => void
}

export function LabelField({ id, title, value, hint, onChange }: LabelFieldProps) {
  const { say } = useConsole()
  return (
    <div class="field">
      <label for={id}>{title ?? say('approve.label')}</label>
      <input
        id={id}
        class="input"
        type="text"
        maxLength={64}
        autoComplete="off"
        value={value}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} class="quiet">
          {hint}
        </p>
      )}
    </div>
  )
}
