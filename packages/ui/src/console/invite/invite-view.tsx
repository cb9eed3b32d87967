import { useState } from 'preact/hooks'
import { Heading } from '../../components/heading.tsx'
import { useConsole } from '../console-context.ts'
import type { Inbox } from '../requests/inbox.ts'
import { InviteForm } from './invite-form.tsx'
import type { Invited } from './invited.ts'
import { InvitedView } from './invited-view.tsx'
import { OpenInvitations } from './open-invitations.tsx'

/** Hands out a code, a link and a QR code, and waits until somebody has come. */
export function InviteView({ inbox }: { readonly inbox: Inbox }) {
  const { say } = useConsole()
  const [invited, setInvited] = useState<Invited>()
  const open = inbox.data?.invitations.filter(({ state }) => state === 'open') ?? []
  return (
    <>
      <Heading takesFocus={false}>{say('invite.title')}</Heading>
      {invited ? (
        <InvitedView
          key={invited.id}
          invited={invited}
          row={inbox.data?.invitations.find(({ id }) => id === invited.id)}
          onAnother={() => setInvited(undefined)}
        />
      ) : (
        <InviteForm onInvited={setInvited} />
      )}
      <OpenInvitations open={open} />
    </>
  )
}
