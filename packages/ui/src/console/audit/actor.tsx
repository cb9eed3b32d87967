import { Foreign } from '../../components/foreign.tsx'
import { useConsole } from '../console-context.ts'
import { DeviceLink } from '../devices/device-link.tsx'

interface ActorProps {
  /** `undefined` for a device of which this browser may not know. */
  readonly actor: string | undefined
  readonly address?: string | undefined
}

/** Who did it, and from where. */
export function Actor({ actor, address }: ActorProps) {
  const { say } = useConsole()
  const [, deviceId] = /^device:([0-9a-f]{64})$/.exec(actor ?? '') ?? []
  const word = { owner: say('audit.owner'), 'shared-secret': say('audit.secret') }[actor ?? '']
  return (
    <>
      {deviceId === undefined ? (
        <Foreign text={word ?? actor} otherwise={say('audit.elsewhere')} most={24} />
      ) : (
        <DeviceLink deviceId={deviceId} />
      )}
      {address !== undefined && (
        <>
          {' · '}
          <Foreign text={address} otherwise="" />
        </>
      )}
    </>
  )
}
