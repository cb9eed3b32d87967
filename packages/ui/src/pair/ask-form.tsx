import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import type { Pairing } from './pairing.ts'
import type { Problem } from './problem.ts'
import type { Say } from './texts/catalogue.ts'

/** What a browser may ask for; the operator can give less. */
const WISHES = ['read', 'write', 'admin'] as const

interface AskFormProps {
  readonly say: Say
  /** What the gateway wants beside the question, and what was asked for before. */
  readonly wanted: Problem['wanted']
  readonly asked: Problem['asked']
  readonly onAsk: Pairing['ask']
}

export function AskForm({ say, wanted, asked, onAsk }: AskFormProps) {
  const [wish, setWish] = useState(WISHES.find((each) => asked?.[0] === `operator.${each}`) ?? 'read')
  // Read from the field when it is needed, and held nowhere else.
  const field = useRef<HTMLInputElement>(null)
  // As the headings do, before anything is painted.
  useLayoutEffect(() => field.current?.focus(), [wanted])
  function submit(event: Event): void {
    event.preventDefault()
    const text = field.current?.value ?? ''
    if (wanted && text === '') return field.current?.focus()
    onAsk([`operator.${wish}`], wanted && { kind: wanted.kind, text })
  }
  return (
    <form class="ask" aria-labelledby="ask-title" noValidate onSubmit={submit}>
      <h2 id="ask-title">{say('ask.title')}</h2>
      <p>{say('ask.text')}</p>
      <fieldset class="choices">
        <legend>{say('ask.legend')}</legend>
        {WISHES.map((each) => (
          <label key={each} class="choice">
            <input
              type="radio"
              name="wish"
              value={each}
              checked={wish === each}
              onChange={() => setWish(each)}
            />
            <span>{say(`ask.${each}`)}</span>
          </label>
        ))}
      </fieldset>
      {wanted && (
        <div class="field">
          <label for="secret">{say('ask.secret')}</label>
          <input
            id="secret"
            ref={field}
            class="input"
            type="password"
            autoComplete="off"
            maxLength={1_024}
            aria-describedby="problem secret-hint"
          />
          <p id="secret-hint" class="quiet">
            {say('ask.secret.hint')}
          </p>
        </div>
      )}
      <Button submits>{say('ask.submit')}</Button>
    </form>
  )
}
