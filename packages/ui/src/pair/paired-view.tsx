import { Button } from '../components/button.tsx'
import { Heading } from '../components/heading.tsx'
import { formatInstant } from '../texts/format.ts'
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
            <dd>{formatInstant(expiresAtMs, document.documentElement.lang)}</dd>
          </div>
        )}
      </dl>
      {!problem && <GoOn say={say} />}
      {problem && <Button onPress={pairing.retry}>{say('problem.again')}</Button>}
    </>
  )
}
