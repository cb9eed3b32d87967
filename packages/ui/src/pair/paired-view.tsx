import { Button } from '../components/button.tsx'
import { Heading } from '../components/heading.tsx'
import { GoOn } from './go-on.tsx'
import type { Grant } from './pair-state.ts'
import type { Problem } from './problem.ts'
import { ProblemNotice } from './problem-notice.tsx'
import { scopeText } from './scope-text.ts'
import type { ViewProps } from './short-views.tsx'

interface PairedViewProps extends ViewProps {
  readonly grant: Grant
  readonly problem: Problem | undefined
}

/** What this browser has been given. */
export function PairedView({ grant, problem, say, pairing, takesFocus }: PairedViewProps) {
  const { scopes, session, expiresAtMs } = grant
  return (
    <>
      <Heading takesFocus={takesFocus}>{say('paired.title')}</Heading>
      {problem ? <ProblemNotice problem={problem} say={say} /> : <p>{say('paired.text')}</p>}
      <dl class="facts">
        <div>
          <dt>{say('paired.scopes')}</dt>
          <dd>
            {scopes.length === 0 && say('paired.nothing')}
            {scopes.map((scope) => (
              <span key={scope} class="chip">
                {scopeText(scope, say)}
              </span>
            ))}
          </dd>
        </div>
        {session !== undefined && (
          <div>
            <dt>{say('paired.session')}</dt>
            <dd class="foreign">{session === '*' ? say('paired.session.every') : session}</dd>
          </div>
        )}
        {expiresAtMs !== undefined && (
          <div>
            <dt>{say('paired.until')}</dt>
            <dd>{formatInstant(expiresAtMs)}</dd>
          </div>
        )}
      </dl>
      {!problem && <GoOn say={say} />}
      {problem && <Button onPress={pairing.retry}>{say('problem.again')}</Button>}
    </>
  )
}

function formatInstant(ms: number): string {
  const { lang } = document.documentElement
  // As the reader writes dates: `en` alone would be American.
  const own = navigator.languages.find((tag) => tag.startsWith(lang)) ?? lang
  return new Intl.DateTimeFormat(own, { dateStyle: 'medium', timeStyle: 'short' }).format(ms)
}
