import { Foreign } from '../../components/foreign.tsx'
import { Notice } from '../../components/notice.tsx'
import { useConsole } from '../console-context.ts'
import type { Device } from './device-list.ts'

/** Which device a question is about: many have the same name. */
export function Subject({ device }: { readonly device: Device }) {
  const { say } = useConsole()
  const { deviceId, operatorLabel, displayName } = device
  return (
    <p class="subject">
      <strong>
        <Foreign text={operatorLabel ?? displayName} otherwise={say('console.nothing')} />
      </strong>{' '}
      <span class="quiet mono">{deviceId.slice(0, 8)}</span>
    </p>
  )
}

/** Said where the reader puts out the own browser. */
export function SelfWarning({ device }: { readonly device: Device }) {
  const { say, device: own } = useConsole()
  if (device.deviceId !== own.key.deviceId) return null
  return <Notice tone="warning" title={say('devices.self.out')} />
}
