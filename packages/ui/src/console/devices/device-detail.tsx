import { useCallback, useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Foreign } from '../../components/foreign.tsx'
import { Heading } from '../../components/heading.tsx'
import { Notice } from '../../components/notice.tsx'
import { Words } from '../../components/words.tsx'
import { formatInstant } from '../../texts/format.ts'
import { tameText } from '../../texts/tame-text.ts'
import { Actor } from '../audit/actor.tsx'
import { useConsole } from '../console-context.ts'
import { Fact } from '../fact.tsx'
import { LiveProblem } from '../live-problem.tsx'
import { useLive } from '../use-live.ts'
import { DeviceQuestion } from './device-dialogs.tsx'
import { DeviceHistory } from './device-history.tsx'
import type { Device } from './device-list.ts'
import { Seen } from './device-row.tsx'
import type { Question } from './question.ts'
import { TokenCard } from './token-card.tsx'

const HEARD = 'device.pair.changed device.pair.resolved device.pair.invitation device.presence'

/** One device, with everything that can be done about it. */
export function DeviceDetail({ deviceId }: { readonly deviceId: string }) {
  const { say, session, device: own } = useConsole()
  const load = useCallback(async () => {
    const { devices } = await session.request('device.page', { search: deviceId, limit: 1 })
    return { device: devices.find((each) => each.deviceId === deviceId) }
  }, [session, deviceId])
  const live = useLive(session, load, HEARD)
  const [question, setQuestion] = useState<Question>()
  const device = live.data?.device
  const close = (): void => {
    setQuestion(undefined)
    live.reload()
  }
  return (
    <>
      <p>
        <a class="back" href="#devices">
          {say('devices.back')}
        </a>
      </p>
      <Heading takesFocus>
        {tameText(device?.operatorLabel ?? device?.displayName ?? '') || say('devices.one')}
      </Heading>
      <LiveProblem live={live} />
      {live.data && !device && <Notice tone="warning" title={say('devices.gone')} />}
      {device && deviceId === own.key.deviceId && <Notice title={say('devices.self')} />}
      {device && <DeviceFacts device={device} onAsk={setQuestion} />}
      {device && (
        <ul class="cards cards-fit">
          {device.tokens.map((token) => (
            <li key={token.role}>
              <TokenCard token={token} onAsk={setQuestion} />
            </li>
          ))}
        </ul>
      )}
      {live.data && <DeviceHistory deviceId={deviceId} isThere={device !== undefined} />}
      {device && question && <DeviceQuestion device={device} question={question} onClose={close} />}
    </>
  )
}

interface DeviceFactsProps {
  readonly device: Device
  readonly onAsk: (question: Question) => void
}

function DeviceFacts({ device, onAsk }: DeviceFactsProps) {
  const { say, language } = useConsole()
  const { displayName, platform, deviceFamily, remoteIp, approvedAtMs, fingerprint, connections } = device
  return (
    <section class="card stack" aria-label={say('devices.one')}>
      <dl class="facts facts-wide">
        <Fact name={say('devices.calls')}>
          <Foreign text={displayName} otherwise={say('console.nothing')} most={128} />
        </Fact>
        <Fact name={say('requests.platform')}>
          <Foreign text={platform ?? deviceFamily} otherwise={say('console.unknown')} />
        </Fact>
        <Fact name={say('requests.address')}>
          <Foreign text={remoteIp} otherwise={say('console.unknown')} />
        </Fact>
        <Fact name={say('devices.live')}>
          <Seen connections={connections} at={device.lastSeenAtMs} />
        </Fact>
        <Fact name={say('devices.paired')}>{formatInstant(approvedAtMs, language)}</Fact>
        <Fact name={say('devices.by')}>
          <Actor actor={device.approvedBy} />
        </Fact>
        <Fact name={say('me.id')}>
          <span class="mono foreign">{device.deviceId}</span>
        </Fact>
      </dl>
      {fingerprint !== undefined && <Words fingerprint={fingerprint} label={say('devices.words')} />}
      <div class="row">
        <Button onPress={() => onAsk({ kind: 'rename' })}>{say('rename.button')}</Button>
        <Button look="danger" onPress={() => onAsk({ kind: 'remove' })}>
          {say('remove.button')}
        </Button>
      </div>
    </section>
  )
}
