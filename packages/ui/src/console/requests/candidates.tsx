import { Button } from '../../components/button.tsx'
import { Foreign } from '../../components/foreign.tsx'
import { useConsole } from '../console-context.ts'
import { ScopeChips } from '../scope-chips.tsx'
import { type Decision, invitationOf, knownOf, type Pending, type Request } from './inbox.ts'
import { RequestHead, RequestPlace, RequestWords, spokenName } from './request-facts.tsx'

interface CandidatesProps {
  /** All of one invitation. */
  readonly group: readonly Request[]
  readonly data: Pending
  readonly onDecide: (decision: Decision, request: Request) => void
}

/** Who brought the right code while codes are not enough: one of them is meant, and the words say which. */
export function Candidates({ group, data, onDecide }: CandidatesProps) {
  const console = useConsole()
  const { say } = console
  const invitation = group[0] && invitationOf(data, group[0])
  return (
    <section class="card stack candidates" aria-label={say('requests.candidates')}>
      <header class="stack">
        <h2>{say('requests.candidates')}</h2>
        <p>{say('requests.candidates.text')}</p>
        {invitation && (
          <p>
            {invitation.label !== undefined && (
              <span class="chip">
                <Foreign text={invitation.label} otherwise={say('console.nothing')} />
              </span>
            )}
            <ScopeChips scopes={invitation.scopes} otherwise={say('me.scopes.none')} />
          </p>
        )}
      </header>
      <ul class="side-by-side">
        {group.map((request) => (
          <li key={request.requestId} class="candidate stack">
            <RequestHead request={request} known={knownOf(data, request)} />
            <RequestWords request={request} />
            <RequestPlace request={request} />
            <div class="row">
              <Button look="main" onPress={() => onDecide('confirm', request)}>
                {say('requests.confirm')} <span class="hidden">{spokenName(console, request)}</span>
              </Button>
              <Button onPress={() => onDecide('reject', request)}>
                {say('requests.reject')} <span class="hidden">{spokenName(console, request)}</span>
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
