import { useMemo, useState } from 'preact/hooks'
import { Gate } from '../../components/gate.tsx'
import { Heading } from '../../components/heading.tsx'
import { Notice } from '../../components/notice.tsx'
import { useConsole } from '../console-context.ts'
import { LiveProblem } from '../live-problem.tsx'
import { ApproveDialog } from './approve-dialog.tsx'
import { Candidates } from './candidates.tsx'
import { ConfirmDialog, RejectDialog } from './decide-dialogs.tsx'
import { type Decision, type Inbox, invitationOf, knownOf, type Pending, type Request } from './inbox.ts'
import { RequestCard } from './request-card.tsx'

interface Deciding {
  readonly decision: Decision
  /** As it was shown when the question was asked; what has changed since is refused by its digest. */
  readonly request: Request
}

/** Who wants in, the newest last, as people stand in a row; candidates of one invitation side by side. */
export function RequestsView({ inbox }: { readonly inbox: Inbox }) {
  const { say } = useConsole()
  const [deciding, setDeciding] = useState<Deciding>()
  const { data } = inbox
  const groups = useMemo(() => groupOf(data?.pending ?? []), [data])
  const decide = (decision: Decision, request: Request): void => setDeciding({ decision, request })
  const close = (): void => {
    setDeciding(undefined)
    inbox.reload()
  }
  return (
    <>
      <Heading takesFocus={false}>{say('requests.title')}</Heading>
      <p class="intro">{say('requests.intro')}</p>
      <LiveProblem live={inbox} />
      {data?.madeRoomAtMs !== undefined && (
        <Notice tone="warning" title={say('requests.room.title')}>
          {say('requests.room')}
        </Notice>
      )}
      {data && data.pending.length === 0 && <Nobody />}
      {data && <Groups groups={groups} data={data} onDecide={decide} />}
      {deciding && <Question {...deciding} data={data} onClose={close} />}
    </>
  )
}

interface GroupsProps {
  readonly groups: readonly (readonly Request[])[]
  readonly data: Pending
  readonly onDecide: (decision: Decision, request: Request) => void
}

function Groups({ groups, data, onDecide }: GroupsProps) {
  return (
    <ul class="cards">
      {groups.map((group) => {
        const [first] = group
        if (!first) return null
        return (
          <li key={first.invitationId ?? first.requestId}>
            {first.invitationId === undefined ? (
              <RequestCard request={first} known={knownOf(data, first)} onDecide={onDecide} />
            ) : (
              <Candidates group={group} data={data} onDecide={onDecide} />
            )}
          </li>
        )
      })}
    </ul>
  )
}

function Nobody() {
  const { say } = useConsole()
  return (
    <section class="card empty">
      <Gate look="closed" />
      <h2>{say('requests.none')}</h2>
      <p>{say('requests.none.text')}</p>
    </section>
  )
}

interface QuestionProps extends Deciding {
  readonly data: Pending | undefined
  readonly onClose: () => void
}

function Question({ decision, request, data, onClose }: QuestionProps) {
  const common = { request, known: data && knownOf(data, request), onClose }
  if (decision === 'reject') return <RejectDialog {...common} />
  if (decision === 'approve') return <ApproveDialog {...common} />
  return <ConfirmDialog {...common} invitation={data && invitationOf(data, request)} />
}

/** Those that brought the same invitation stand together, where the first of them stands. */
function groupOf(pending: readonly Request[]): readonly (readonly Request[])[] {
  const groups = new Map<string, Request[]>()
  for (const request of pending.toSorted((one, other) => one.ts - other.ts)) {
    const key = request.invitationId ?? request.requestId
    const group = groups.get(key)
    if (group) group.push(request)
    else groups.set(key, [request])
  }
  return [...groups.values()]
}
