import type { GatewaySession } from '@pairgate/client'
import { useEffect, useState } from 'preact/hooks'
import { Foreign } from '../../components/foreign.tsx'
import { holds, useConsole } from '../console-context.ts'

type Names = Map<string, Promise<string | undefined>>
const known = new WeakMap<GatewaySession, Names>()

interface DeviceLinkProps {
  readonly deviceId: string
  /** What it was called then; left out, what it is called now. */
  readonly name?: string | undefined
}

/** A device by its name, as far as it is there, and the way to it. */
export function DeviceLink({ deviceId, name: given }: DeviceLinkProps) {
  const { say, session, device } = useConsole()
  const isAllowed = holds(useConsole(), 'operator.pairing')
  const [name, setName] = useState<string>()
  useEffect(() => {
    let isOver = false
    if (isAllowed && given === undefined)
      void nameOf(session, deviceId).then((found) => {
        if (!isOver) setName(found)
      })
    return () => {
      isOver = true
    }
  }, [session, deviceId, isAllowed, given])
  const own = deviceId === device.key.deviceId ? say('me.title') : undefined
  return (
    <a class="device-link" href={`#devices/${deviceId}`}>
      <Foreign text={own ?? given ?? name} otherwise={deviceId.slice(0, 12)} most={32} />
    </a>
  )
}

/** Asked once for each device, however often it is named. */
function nameOf(session: GatewaySession, deviceId: string): Promise<string | undefined> {
  const names = known.get(session) ?? follow(session)
  const name =
    names.get(deviceId) ??
    askName(session, deviceId).catch(() => {
      // The gateway was away: whoever asks next asks anew.
      names.delete(deviceId)
      return undefined
    })
  names.set(deviceId, name)
  return name
}

/** Names of devices, each until something of the device has changed. */
function follow(session: GatewaySession): Names {
  const names: Names = new Map()
  known.set(session, names)
  session.onEvent(({ event, payload }) => {
    if (event === 'device.pair.changed') names.delete((payload as { deviceId?: string }).deviceId ?? '')
  })
  return names
}

async function askName(session: GatewaySession, search: string): Promise<string | undefined> {
  const { devices } = await session.request('device.page', { search, limit: 1 })
  return devices[0]?.operatorLabel ?? devices[0]?.displayName
}
