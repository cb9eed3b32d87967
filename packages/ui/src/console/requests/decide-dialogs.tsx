import { ActionDialog } from '../action-dialog.tsx'
import { useConsole } from '../console-context.ts'
import { ScopeChips } from '../scope-chips.tsx'
import { AdminWarning } from './admin-warning.tsx'
import type { DeviceRow, Invitation, Request } from './inbox.ts'
import { RequestHead, RequestWords, Rights } from './request-facts.tsx'

interface DecideDialogProps {
  readonly request: Request
  readonly known: DeviceRow | undefined
  readonly onClose: () => void
}

export function RejectDialog({ request, known, onClose }: DecideDialogProps) {
  const { say, session } = useConsole()
  return (
    <ActionDialog
      title={say('reject.title')}
      action={say('reject.submit')}
      isDangerous
      onDo={() => session.request('device.pair.reject', { requestId: request.requestId })}
      onClose={onClose}
    >
      <RequestHead request={request} known={known} />
      <p>{say('reject.text')}</p>
    </ActionDialog>
  )
}

interface ConfirmDialogProps extends DecideDialogProps {
  readonly invitation: Invitation | undefined
}

/** Of several that brought the same code, the one with these words. */
export function ConfirmDialog({ request, known, invitation, onClose }: ConfirmDialogProps) {
  const { say, session } = useConsole()
  const { invitationId = '', requestId } = request
  const scopes = invitation?.scopes ?? []
  return (
    <ActionDialog
      title={say('confirm.title')}
      action={say('confirm.submit')}
      isDangerous={scopes.includes('operator.admin')}
      onDo={() => session.request('device.pair.confirm', { id: invitationId, requestId })}
      onClose={onClose}
    >
      <RequestHead request={request} known={known} />
      <RequestWords request={request} />
      <p>{say('confirm.text')}</p>
      {invitation && (
        <Rights name={say('approve.scopes')}>
          <ScopeChips scopes={scopes} otherwise={say('me.scopes.none')} />
        </Rights>
      )}
      <AdminWarning scopes={scopes} />
    </ActionDialog>
  )
}
