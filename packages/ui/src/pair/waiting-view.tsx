import { useCallback } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Countdown } from '../components/countdown.tsx'
import { Heading } from '../components/heading.tsx'
import { Notice } from '../components/notice.tsx'
import { Words } from '../components/words.tsx'
import type { Waiting } from './pair-state.ts'
import type { Pairing } from './pairing.ts'
import type { Say } from './texts/catalogue.ts'

interface WaitingViewProps {
  readonly say: Say
  readonly pairing: Pairing
  readonly waiting: Waiting
  readonly takesFocus: boolean
}

/** What both sides compare while an operator decides. */
export function WaitingView({ say, pairing, waiting, takesFocus }: WaitingViewProps) {
  const { way, requestId, fingerprint, endsAt, isAway, isRenewal } = waiting
  const mustConfirm = way === 'code' || way === 'link'
  // Who is in already is told by the gateway that nobody has answered, and stays in.
  const isIn = way === 'upgrade'
  const giveUp = useCallback(() => pairing.stop({ kind: 'expired' }), [pairing])
  return (
    <>
      <Heading takesFocus={takesFocus}>
        {say(mustConfirm ? 'waiting.title.confirm' : 'waiting.title')}
      </Heading>
      <p>{say(mustConfirm ? 'waiting.text.confirm' : 'waiting.text')}</p>
      {isRenewal && <p>{say('waiting.renew')}</p>}
      <div role="status">
        {isAway && (
          <Notice tone="warning" title={say('away.title')}>
            {say('waiting.away')}
          </Notice>
        )}
      </div>
      <section class="compare">
        <h2>{say('waiting.words')}</h2>
        <Words fingerprint={fingerprint} label={say('waiting.words')} />
        <p class="quiet">{say('waiting.compare')}</p>
      </section>
      <dl class="facts facts-row">
        <div>
          <dt>{say('waiting.left')}</dt>
          <dd>
            <Countdown endsAt={endsAt} onEnd={isIn ? undefined : giveUp} />
          </dd>
        </div>
        <div>
          <dt>{say('waiting.request')}</dt>
          <dd class="mono foreign">{requestId}</dd>
        </div>
      </dl>
      {!mustConfirm && (
        <details class="how">
          <summary>{say('waiting.how')}</summary>
          <p>{say('waiting.how.text')}</p>
          <code class="command foreign">openclaw devices approve {requestId}</code>
        </details>
      )}
      <Button onPress={isIn ? pairing.leaveAsking : () => pairing.stop()}>{say('waiting.cancel')}</Button>
    </>
  )
}
