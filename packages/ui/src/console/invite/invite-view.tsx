import { Heading } from '../../components/heading.tsx'
import { useConsole } from '../console-context.ts'
import { LiveProblem } from '../live-problem.tsx'
import type { Inbox } from '../requests/inbox.ts'
import { InviteForm } from './invite-form.tsx'
import type { Invited } from './invited.ts'
import { InvitedView } from './invited-view.tsx'
import { OpenInvitations } from './open-invitations.tsx'

interface InviteViewProps {
  readonly inbox: Inbox
  /** The one that was made last: its secret is told only once, so it outlives a look at another view. */
  readonly invited: Invited | undefined
  readonly onInvited: (invited: Invited | undefined) => void
}

/** Hands out a code, a link and a QR code, and waits until somebody has come. */
export function InviteView({ inbox, invited, onInvited }: InviteViewProps) {
  const { say } = useConsole()
  const open = inbox.data?.invitations.filter(({ id, state }) => state === 'open' && id !== invited?.id) ?? []
  return (
    <>
      <Heading takesFocus={false}>{say('invite.title')}</Heading>
      {invited ? (
        <InvitedView
          key={invited.id}
          invited={invited}
          row={inbox.data?.invitations.find(({ id }) => id === invited.id)}
          onAnother={() => onInvited(undefined)}
        />
      ) : (
        <InviteForm onInvited={onInvited} />
      )}
      {inbox.data && <OpenInvitations open={open} />}
      <LiveProblem live={inbox} />
    </>
  )
}
