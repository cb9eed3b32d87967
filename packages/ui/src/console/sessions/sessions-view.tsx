import type { GatewaySession, MethodResult } from '@pairgate/client'
import { useCallback, useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Foreign } from '../../components/foreign.tsx'
import { Heading } from '../../components/heading.tsx'
import { Age } from '../age.tsx'
import { holds, isEverywhere, useConsole } from '../console-context.ts'
import { LiveProblem } from '../live-problem.tsx'
import { MoreRows } from '../more-rows.tsx'
import { useLive } from '../use-live.ts'
import { Messages } from './messages.tsx'
import { CreateDialog, DeleteDialog, RenameDialog } from './session-dialogs.tsx'

export type Session = MethodResult<'sessions.list'>['sessions'][number]

type Asked =
  | { readonly kind: 'create' }
  | { readonly kind: 'read' | 'rename' | 'delete'; readonly row: Session }

const STEP = 200
const MOST = 1_000

/** The sessions that this browser may see, what can be done with them, and the messages of one as they come. */
export function SessionsView() {
  const console = useConsole()
  const { say, session } = console
  const [limit, setLimit] = useState(STEP)
  const load = useCallback((from: GatewaySession) => from.request('sessions.list', { limit }), [limit])
  const live = useLive(session, load, 'chat device.pair.changed device.pair.resolved')
  const [asked, setAsked] = useState<Asked>()
  const close = useCallback(() => {
    setAsked(undefined)
    live.reload()
  }, [live.reload])
  const { sessions = [], count = 0 } = live.data ?? {}
  return (
    <>
      <Heading takesFocus={false}>{say('sessions.title')}</Heading>
      <p class="intro">{say('sessions.intro')}</p>
      {holds(console, 'operator.admin') && isEverywhere(console) && (
        <div class="row">
          <Button onPress={() => setAsked({ kind: 'create' })}>{say('sessions.create')}</Button>
        </div>
      )}
      <LiveProblem live={live} />
      {live.data && sessions.length === 0 && <p class="card empty">{say('sessions.none')}</p>}
      <ul id="session-list" class="device-list">
        {sessions.map((each) => (
          <SessionLine key={each.sessionId} row={each} onAsk={setAsked} />
        ))}
      </ul>
      {sessions.length < count && (
        <p class="quiet">{say('devices.count', { shown: sessions.length, total: count })}</p>
      )}
      <MoreRows
        list="session-list"
        count={sessions.length}
        hasMore={sessions.length < count && limit < MOST}
        label={say('devices.more')}
        onMore={() => setLimit(limit + STEP)}
      />
      {asked && <Question asked={asked} onClose={close} />}
    </>
  )
}

function Question({ asked, onClose }: { readonly asked: Asked; readonly onClose: () => void }) {
  switch (asked.kind) {
    case 'create':
      return <CreateDialog onClose={onClose} />
    case 'read':
      return <Messages sessionKey={asked.row.key} onClose={onClose} />
    case 'rename':
      return <RenameDialog row={asked.row} onClose={onClose} />
    case 'delete':
      return <DeleteDialog row={asked.row} onClose={onClose} />
  }
}

interface SessionLineProps {
  readonly row: Session
  readonly onAsk: (asked: Asked) => void
}

function SessionLine({ row, onAsk }: SessionLineProps) {
  const console = useConsole()
  const { say } = console
  const { key } = row
  return (
    <li class="card session-row">
      <div>
        <button type="button" class="device-name link-button" onClick={() => onAsk({ kind: 'read', row })}>
          <bdi class="foreign">{key}</bdi>
        </button>
        {row.label !== undefined && (
          <p>
            <Foreign text={row.label} otherwise="" />
          </p>
        )}
        <p class="quiet">
          {row.tokens !== undefined && <>{say('sessions.tokens', { count: row.tokens })} · </>}
          {say('sessions.messages', { count: row.lastSeq })}
          {row.updatedAtMs !== undefined && (
            <>
              {' '}
              · <Age at={row.updatedAtMs} />
            </>
          )}
        </p>
      </div>
      {holds(console, 'operator.admin') && (
        <div class="row">
          <Button onPress={() => onAsk({ kind: 'rename', row })}>
            {say('rename.button')} <span class="hidden">{key}</span>
          </Button>
          {isEverywhere(console) && (
            <Button look="danger" onPress={() => onAsk({ kind: 'delete', row })}>
              {say('sessions.delete')} <span class="hidden">{key}</span>
            </Button>
          )}
        </div>
      )}
    </li>
  )
}
