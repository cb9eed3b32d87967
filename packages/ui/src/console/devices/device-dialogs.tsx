import { useState } from 'preact/hooks'
import { ActionDialog } from '../action-dialog.tsx'
import { useConsole } from '../console-context.ts'
import { LabelField, type Lifetime, LifetimeField, SessionField } from '../grant-fields.tsx'
import type { DeviceDialogProps, Question, TokenDialogProps } from './question.ts'
import { RevokeDialog } from './revoke-dialog.tsx'
import { SelfWarning, Subject } from './subject.tsx'

interface DeviceQuestionProps extends DeviceDialogProps {
  readonly question: Question
}

/** Each says what will stop working before it does anything. */
export function DeviceQuestion({ device, question, onClose }: DeviceQuestionProps) {
  const common = { device, onClose }
  switch (question.kind) {
    case 'rename':
      return <RenameDialog {...common} />
    case 'remove':
      return <RemoveDialog {...common} />
    case 'rotate':
      return <RotateDialog {...common} role={question.role} />
    case 'move':
      return <MoveDialog {...common} role={question.role} />
    case 'extend':
      return <ExtendDialog {...common} role={question.role} />
    case 'revoke':
      return <RevokeDialog {...common} role={question.role} />
  }
}

function RenameDialog({ device, onClose }: DeviceDialogProps) {
  const { say, session } = useConsole()
  const [label, setLabel] = useState(device.operatorLabel ?? '')
  const { deviceId } = device
  return (
    <ActionDialog
      title={say('rename.title')}
      action={say('rename.submit')}
      onDo={() => session.request('device.pair.rename', { deviceId, label: label.trim() })}
      onClose={onClose}
    >
      <Subject device={device} />
      <LabelField id="label" value={label} hint={say('approve.label.hint')} onChange={setLabel} />
    </ActionDialog>
  )
}

function RemoveDialog({ device, onClose }: DeviceDialogProps) {
  const { say, session } = useConsole()
  const { deviceId } = device
  return (
    <ActionDialog
      title={say('remove.title')}
      action={say('remove.submit')}
      isDangerous
      onDo={() => session.request('device.pair.remove', { deviceId })}
      onClose={onClose}
    >
      <Subject device={device} />
      <p>{say('remove.text')}</p>
      <SelfWarning device={device} />
    </ActionDialog>
  )
}

function RotateDialog({ device, role, onClose }: TokenDialogProps) {
  const { say, session } = useConsole()
  const { deviceId } = device
  return (
    <ActionDialog
      title={say('rotate.title')}
      action={say('rotate.submit')}
      onDo={() => session.request('device.token.rotate', { deviceId, role })}
      onClose={onClose}
    >
      <Subject device={device} />
      <p>{say('rotate.text')}</p>
    </ActionDialog>
  )
}

function MoveDialog({ device, role, onClose }: TokenDialogProps) {
  const { say, session } = useConsole()
  const [target, setTarget] = useState('new')
  const { deviceId } = device
  return (
    <ActionDialog
      title={say('move.title')}
      action={say('move.submit')}
      onDo={() => session.request('device.token.move', { deviceId, role, session: target })}
      onClose={onClose}
    >
      <Subject device={device} />
      <p>{say('move.text')}</p>
      <SessionField id="move-session" value={target} onChange={setTarget} />
    </ActionDialog>
  )
}

const MONTH_MS = 30 * 86_400_000

function ExtendDialog({ device, role, onClose }: TokenDialogProps) {
  const { say, session } = useConsole()
  const [lifetime, setLifetime] = useState<Lifetime>(MONTH_MS)
  const { deviceId } = device
  return (
    <ActionDialog
      title={say('extend.title')}
      action={say('extend.submit')}
      onDo={() => session.request('device.token.extend', { deviceId, role, expiresInMs: lifetime ?? null })}
      onClose={onClose}
    >
      <Subject device={device} />
      <p>{say('extend.text')}</p>
      <LifetimeField id="extend-expiry" value={lifetime} onChange={setLifetime} />
    </ActionDialog>
  )
}
