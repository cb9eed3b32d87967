import { formatInstant } from '../../texts/format.ts'
import { Actor } from '../audit/actor.tsx'
import { EventChange } from '../audit/event-change.tsx'
import { holds, isEverywhere, useConsole } from '../console-context.ts'
import { LiveProblem } from '../live-problem.tsx'
import { MoreRows } from '../more-rows.tsx'
import { kindText } from '../texts/catalogue.ts'
import { type HistoryEvent, useHistory } from './use-history.ts'

interface DeviceHistoryProps {
  readonly deviceId: string
  /** Of one that is gone only who holds every session reads more than that. */
  readonly isThere: boolean
}

/** What was decided about a device, by whom and when. */
export function DeviceHistory({ deviceId, isThere }: DeviceHistoryProps) {
  const console = useConsole()
  const { say } = console
  const readsAudit = holds(console, 'operator.admin') && isEverywhere(console)
  const history = useHistory(deviceId)
  const { data: events, hasMore, more } = history
  if (!isThere && !events?.length) return null
  return (
    <section class="card stack" aria-labelledby="history">
      <h2 id="history">{say('history.title')}</h2>
      <LiveProblem live={history} />
      {events?.length === 0 && <p class="quiet">{say('history.none')}</p>}
      <ol id="history-list" class="history">
        {events?.map((event) => (
          <HistoryLine key={event.id} event={event} />
        ))}
      </ol>
      <MoreRows
        list="history-list"
        count={events?.length ?? 0}
        hasMore={hasMore}
        label={say('audit.more')}
        onMore={more}
      />
      {readsAudit && (
        <div class="row">
          <a class="button" href={`#audit/${deviceId}`}>
            {say('history.audit')}
          </a>
        </div>
      )}
    </section>
  )
}

function HistoryLine({ event }: { readonly event: HistoryEvent }) {
  const { say, language } = useConsole()
  const { at, kind, actor, address, erased } = event
  return (
    <li class="history-line">
      <time class="quiet" dateTime={new Date(at).toISOString()}>
        {formatInstant(at, language)}
      </time>
      <div>
        <strong>{kindText(kind, say)}</strong>
        <p class="quiet">
          <EventChange event={event} hasKeys />
          {erased && say('audit.erased')}
        </p>
      </div>
      <p class="quiet">
        {say('history.by')} <Actor actor={actor} address={address} />
      </p>
    </li>
  )
}
