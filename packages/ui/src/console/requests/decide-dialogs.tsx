import { ActionDialog } from '../action-dialog.tsx'
import { useConsole } from '../console-context.ts'
import type { Request } from './inbox.ts'
import { RequestHead, RequestWords } from './request-facts.tsx'

interface DecideDialogProps {
  readonly request: Request
  readonly onClose: () => void
}

export function RejectDialog({ request, onClose }: DecideDialogProps) {
  const { say, session } = useConsole()
  return (
    <ActionDialog
      title={say('reject.title')}
      action={say('reject.submit')}
      isDangerous
      onDo={() => session.request('device.pair.reject', { requestId: request.requestId })}
      onClose={onClose}
    >
      <RequestHead request={request} known={undefined} />
      <p>{say('reject.text')}</p>
    </ActionDialog>
  )
}

/** Of several that brought the same code, the one with these words. */
export function ConfirmDialog({ request, onClose }: DecideDialogProps) {
  const { say, session } = useConsole()
  const { invitationId = '', requestId } = request
  return (
    <ActionDialog
      title={say('confirm.title')}
      action={say('confirm.submit')}
      onDo={() => session.request('device.pair.confirm', { id: invitationId, requestId })}
      onClose={onClose}
    >
      <RequestHead request={request} known={undefined} />
      <RequestWords request={request} />
      <p>{say('confirm.text')}</p>
    </ActionDialog>
  )
}
