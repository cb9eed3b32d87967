import type { InvitationSecret } from '@pairgate/protocol'
import { Button } from '../components/button.tsx'
import { Heading } from '../components/heading.tsx'
import type { Pairing } from './pairing.ts'
import type { Problem } from './problem.ts'
import { ProblemNotice } from './problem-notice.tsx'
import type { Say } from './texts/catalogue.ts'

/** What every view of a step is given. */
export interface ViewProps {
  readonly say: Say
  readonly pairing: Pairing
  readonly takesFocus: boolean
}

interface BusyViewProps extends Pick<ViewProps, 'say' | 'takesFocus'> {
  readonly title: string
  readonly isAway?: boolean
  readonly pairing?: Pairing
}

/** Something is under way. Most often it is over before it is seen. */
export function BusyView({ title, isAway = false, pairing, say, takesFocus }: BusyViewProps) {
  return (
    <div class={isAway ? 'busy' : 'busy busy-soon'} aria-busy={!isAway}>
      <Heading key={String(isAway)} takesFocus={takesFocus || isAway}>
        {title}
      </Heading>
      <p>{say(isAway ? 'away.text' : 'connecting.text')}</p>
      {isAway && pairing && <Button onPress={() => pairing.stop()}>{say('away.stop')}</Button>}
    </div>
  )
}

interface InvitedViewProps extends ViewProps {
  readonly secret: InvitationSecret
  readonly isPaired: boolean
}

/** A link alone does nothing: somebody may have sent it who wants this browser in a session of his (T42). */
export function InvitedView({ secret, isPaired, say, pairing, takesFocus }: InvitedViewProps) {
  return (
    <>
      <Heading takesFocus={takesFocus}>{say('invited.title')}</Heading>
      <p>{say('invited.text')}</p>
      {isPaired && <p>{say('invited.again')}</p>}
      <div class="row">
        <Button look="main" onPress={() => pairing.redeem('link', secret)}>
          {say('invited.submit')}
        </Button>
        <Button onPress={() => void pairing.begin(undefined, undefined)}>{say('invited.cancel')}</Button>
      </div>
    </>
  )
}

/** Nothing on the page can help, but a word and a fresh start can. */
export function StoppedView({ problem, say }: { readonly problem: Problem; readonly say: Say }) {
  return (
    <>
      <Heading takesFocus={false}>{say('page.title')}</Heading>
      <ProblemNotice problem={problem} say={say} />
      <Button onPress={() => location.reload()}>{say('problem.reload')}</Button>
    </>
  )
}
