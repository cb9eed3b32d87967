import { formatPairCode, parsePairCode } from '@pairgate/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Countdown } from '../components/countdown.tsx'
import { systemNow } from '../platform/clock.ts'
import type { Say } from './texts/catalogue.ts'

interface CodeFormProps {
  readonly say: Say
  readonly isChecking: boolean
  readonly isWrong: boolean
  /** No try before that. */
  readonly retryAt: number | undefined
  readonly onSubmit: (typed: string) => void
}

/** One field: digits come from the keypad, from the clipboard or from a message that the phone has read. */
export function CodeForm({ say, isChecking, isWrong, retryAt, onSubmit }: CodeFormProps) {
  const [typed, setTyped] = useState('')
  const [isOver, setOver] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const isLocked = !isOver && retryAt !== undefined && systemNow() < retryAt
  useEffect(() => {
    if (isWrong) field.current?.select()
  }, [isWrong])
  useEffect(() => setOver(false), [retryAt])
  return (
    <form
      class="code-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isLocked && !isChecking) onSubmit(typed)
      }}
    >
      <div class="field">
        <label for="code">{say('code.label')}</label>
        <input
          id="code"
          ref={field}
          class="input code-input"
          name="code"
          type="text"
          inputMode="numeric"
          autoComplete="one-time-code"
          autoCapitalize="off"
          autoCorrect="off"
          spellcheck={false}
          enterKeyHint="go"
          maxLength={1_024}
          placeholder="000 000"
          value={typed}
          aria-describedby={isWrong ? 'problem code-hint' : 'code-hint'}
          aria-invalid={isWrong ? 'true' : undefined}
          onInput={({ currentTarget, inputType }) => setTyped(tidy(currentTarget.value, inputType))}
        />
        <p id="code-hint" class="quiet">
          {say('code.hint')}
        </p>
      </div>
      <Button look="main" submits isWaiting={isChecking || isLocked}>
        {isChecking ? say('connecting.code') : say('code.submit')}
      </Button>
      {isLocked && retryAt !== undefined && (
        <p class="quiet">
          <Countdown
            endsAt={retryAt}
            onEnd={() => setOver(true)}
            say={(time) => say('code.wait', { time })}
          />
        </p>
      )}
    </form>
  )
}

/** As people read it aloud, once it is complete; while somebody deletes, nothing jumps. */
function tidy(next: string, how: string | undefined): string {
  const code = parsePairCode(next)
  return code && !how?.startsWith('delete') ? formatPairCode(code) : next
}
