import { useMemo, useState } from 'preact/hooks'
import { Heading } from '../../components/heading.tsx'
import { useConsole } from '../console-context.ts'
import { LiveProblem } from '../live-problem.tsx'
import { MoreRows } from '../more-rows.tsx'
import type { AuditFilter } from './audit-filter.ts'
import { AuditFilters } from './audit-filters.tsx'
import { AuditRow } from './audit-row.tsx'
import { AuditTools } from './audit-tools.tsx'
import { useAudit } from './use-audit.ts'

interface AuditViewProps {
  /** Of the one device that is meant. */
  readonly deviceId: string | undefined
}

/** Everything that was decided, by whom, and whether the log is whole. */
export function AuditView({ deviceId }: AuditViewProps) {
  const { say } = useConsole()
  const [chosen, setChosen] = useState<Omit<AuditFilter, 'deviceId'>>({ kind: '', from: '', to: '' })
  const filter = useMemo(() => ({ ...chosen, deviceId }), [chosen, deviceId])
  const audit = useAudit(filter)
  const { data: events } = audit
  return (
    <>
      <Heading takesFocus={false}>{say('audit.title')}</Heading>
      <p class="intro">{say('audit.intro')}</p>
      <AuditFilters
        filter={filter}
        onChange={(change) => setChosen((before) => ({ ...before, ...change }))}
      />
      <AuditTools filter={filter} />
      <LiveProblem live={audit} />
      {events?.length === 0 && <p class="card empty">{say('audit.none')}</p>}
      <ol id="audit-list" class="device-list">
        {events?.map((event) => (
          <AuditRow key={event.seq} event={event} />
        ))}
      </ol>
      <MoreRows
        list="audit-list"
        count={events?.length ?? 0}
        hasMore={audit.hasMore}
        label={say('audit.more')}
        onMore={audit.more}
      />
    </>
  )
}
