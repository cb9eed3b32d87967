import { useCallback } from 'preact/hooks'
import { Gate } from '../../components/gate.tsx'
import { Notice } from '../../components/notice.tsx'
import { Words } from '../../components/words.tsx'
import { cutText, tameText } from '../../texts/tame-text.ts'
import { useConsole } from '../console-context.ts'
import { useLive } from '../use-live.ts'

/** Who has come: the words tell whether it is the one who was meant. */
export function JoinedView({ deviceId }: { readonly deviceId: string | undefined }) {
  const { say, session } = useConsole()
  const load = useCallback(async () => {
    const { devices } = await session.request('device.page', { search: deviceId ?? '', limit: 1 })
    return devices[0]
  }, [session, deviceId])
  const { data: device } = useLive(session, deviceId === undefined ? undefined : load, '')
  const name = cutText(tameText(device?.operatorLabel ?? device?.displayName ?? ''), 48)
  return (
    <>
      <Gate look="open" />
      <Notice title={say('invite.joined', { name: name || say('console.nothing') })}>
        {say('invite.joined.text')}
      </Notice>
      {device?.fingerprint !== undefined && (
        <Words fingerprint={device.fingerprint} label={say('devices.words')} />
      )}
      {deviceId !== undefined && <a href={`#devices/${deviceId}`}>{say('invite.joined.show')}</a>}
    </>
  )
}
