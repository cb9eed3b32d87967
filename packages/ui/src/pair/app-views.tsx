import { Button } from '../components/button.tsx'
import { Heading } from '../components/heading.tsx'
import { appHost } from './app-host.ts'
import type { Problem } from './problem.ts'
import { ProblemNotice } from './problem-notice.tsx'
import { scopeText } from './scope-text.ts'
import type { ViewProps } from './short-views.tsx'

interface ScopeViewProps extends ViewProps {
  readonly scope: string
  readonly problem: Problem | undefined
}

/** The app needs more than this browser may do: which right it is, and a way to ask for it. */
export function ScopeView({ scope, problem, say, pairing, takesFocus }: ScopeViewProps) {
  return (
    <>
      <Heading takesFocus={takesFocus}>{say('scope.title')}</Heading>
      {problem && <ProblemNotice problem={problem} say={say} />}
      <p class="foreign">{say('scope.text', { host: appHost() ?? '' })}</p>
      <p>
        <strong>{scopeText(scope, say)}</strong> <span class="mono quiet foreign">{scope}</span>
      </p>
      <Button look="main" onPress={() => pairing.askForApp(scope)}>
        {say('scope.submit')}
      </Button>
    </>
  )
}

/** The last that is seen of this page. */
export function LeavingView({ say, takesFocus }: ViewProps) {
  return (
    <>
      <Heading takesFocus={takesFocus}>{say('leaving.title')}</Heading>
      <p class="foreign">{say('leaving.text', { host: appHost() ?? '' })}</p>
    </>
  )
}
