import type { MethodResult } from '@pairgate/client'
import { useState } from 'preact/hooks'
import { Foreign } from '../../components/foreign.tsx'
import { ActionDialog } from '../action-dialog.tsx'
import { useConsole } from '../console-context.ts'
import type { TokenDialogProps } from './question.ts'
import { SelfWarning, Subject } from './subject.tsx'

type Standing = NonNullable<MethodResult<'device.token.revoke'>['standing']>

/** Puts a device out, and then names those that it had let in: whoever misused it may have let in himself. */
export function RevokeDialog({ device, role, onClose }: TokenDialogProps) {
  const { say, session } = useConsole()
  const [standing, setStanding] = useState<Standing>()
  const { deviceId } = device
  const revoke = async (cascade: boolean): Promise<void> => {
    const result = await session.request('device.token.revoke', {
      deviceId,
      role,
      ...(cascade && { cascade }),
    })
    const left = cascade ? [] : (result.standing ?? [])
    if (left.length > 0) setStanding(left)
    else onClose()
  }
  if (standing)
    return (
      <ActionDialog
        key="standing"
        title={say('standing.title')}
        action={say('standing.submit')}
        leave={say('standing.leave')}
        isDangerous
        onDo={() => revoke(true)}
        onClose={onClose}
      >
        <p>{say('standing.text')}</p>
        <ul class="standing-list">
          {standing.map((each) => (
            <li key={each.deviceId}>
              <Foreign text={each.displayName} otherwise={say('console.nothing')} />
              <span class="quiet mono"> {each.deviceId.slice(0, 12)}</span>
            </li>
          ))}
        </ul>
      </ActionDialog>
    )
  return (
    <ActionDialog
      key="revoke"
      title={say('revoke.title')}
      action={say('revoke.submit')}
      isDangerous
      onDo={() => revoke(false)}
      onClose={onClose}
      onDone={() => {}}
    >
      <Subject device={device} />
      <p>{say('revoke.text')}</p>
      <SelfWarning device={device} />
    </ActionDialog>
  )
}
