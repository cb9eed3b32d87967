import type { GatewaySession, MethodResult } from '@pairgate/client'
import { useCallback, useState } from 'preact/hooks'
import { Foreign } from '../../components/foreign.tsx'
import { Heading } from '../../components/heading.tsx'
import { useConsole } from '../console-context.ts'
import { formatAge } from '../format.ts'
import { LiveProblem } from '../live-problem.tsx'
import { useLive } from '../use-live.ts'
import { Messages } from './messages.tsx'

type Session = MethodResult<'sessions.list'>['sessions'][number]

const load = (session: GatewaySession) => session.request('sessions.list', { limit: 200 })

/** The sessions that this browser may see, and the messages of one of them as they come. */
export function SessionsView() {
  const { say, session } = useConsole()
  const live = useLive(session, load, 'chat device.pair.changed')
  const [key, setKey] = useState<string>()
  const close = useCallback(() => setKey(undefined), [])
  const sessions = live.data?.sessions ?? []
  return (
    <>
      <Heading takesFocus={false}>{say('sessions.title')}</Heading>
      <LiveProblem live={live} />
      {live.data && sessions.length === 0 && <p class="card empty">{say('sessions.none')}</p>}
      <ul class="device-list">
        {sessions.map((each) => (
          <SessionLine key={each.sessionId} row={each} onOpen={() => setKey(each.key)} />
        ))}
      </ul>
      {key !== undefined && <Messages sessionKey={key} onClose={close} />}
    </>
  )
}

function SessionLine({ row, onOpen }: { readonly row: Session; readonly onOpen: () => void }) {
  const { say, gatewayNow, language } = useConsole()
  return (
    <li class="card device-row">
      <button type="button" class="device-name link-button" onClick={onOpen}>
        <bdi class="foreign">{row.key}</bdi>
      </button>
      <p class="quiet">
        <Foreign text={row.label} otherwise="" />
      </p>
      <p class="device-scopes quiet">
        {row.tokens === undefined ? '' : say('sessions.tokens', { count: row.tokens })}
      </p>
      <p class="quiet">
        {say('sessions.messages', { count: row.lastSeq })}
        {row.updatedAtMs !== undefined && <> · {formatAge(row.updatedAtMs, gatewayNow(), language)}</>}
      </p>
    </li>
  )
}
