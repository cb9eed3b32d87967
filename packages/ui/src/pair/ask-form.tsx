import { useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import type { Say } from './texts/catalogue.ts'

/** What a browser may ask for; the operator can give less. */
const WISHES = ['read', 'write', 'admin'] as const

interface AskFormProps {
  readonly say: Say
  readonly onAsk: (scopes: readonly string[]) => void
}

export function AskForm({ say, onAsk }: AskFormProps) {
  const [wish, setWish] = useState<(typeof WISHES)[number]>('read')
  return (
    <section class="ask" aria-labelledby="ask-title">
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
      <Button onPress={() => onAsk([`operator.${wish}`])}>{say('ask.submit')}</Button>
    </section>
  )
}
