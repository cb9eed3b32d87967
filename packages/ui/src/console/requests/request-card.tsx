import { Button } from '../../components/button.tsx'
import { useConsole } from '../console-context.ts'
import type { Decision, DeviceRow, Request } from './inbox.ts'
import { RequestHead, RequestPlace, RequestRights, RequestWords, spokenName } from './request-facts.tsx'

interface RequestCardProps {
  readonly request: Request
  readonly known: DeviceRow | undefined
  readonly onDecide: (decision: Decision, request: Request) => void
}

export function RequestCard({ request, known, onDecide }: RequestCardProps) {
  const console = useConsole()
  const { say } = console
  const name = spokenName(console, request)
  return (
    <article class="card stack request" aria-label={name}>
      <RequestHead request={request} known={known} />
      <RequestWords request={request} />
      <RequestRights request={request} known={known} />
      <RequestPlace request={request} />
      <div class="row">
        <Button look="main" onPress={() => onDecide('approve', request)}>
          {say('requests.approve')} <span class="hidden">{name}</span>
        </Button>
        <Button onPress={() => onDecide('reject', request)}>
          {say('requests.reject')} <span class="hidden">{name}</span>
        </Button>
      </div>
    </article>
  )
}
