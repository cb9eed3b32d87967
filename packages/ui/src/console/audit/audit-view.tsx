import { useMemo, useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Heading } from '../../components/heading.tsx'
import { useConsole } from '../console-context.ts'
import { FailureNotice } from '../failure-notice.tsx'
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
  return (
    <>
      <Heading takesFocus={false}>{say('audit.title')}</Heading>
      <p class="intro">{say('audit.intro')}</p>
      <AuditFilters
        filter={filter}
        onChange={(change) => setChosen((before) => ({ ...before, ...change }))}
      />
      <AuditTools filter={filter} />
      {audit.error !== undefined && <FailureNotice error={audit.error} />}
      {audit.isLoaded && audit.events.length === 0 && <p class="card empty">{say('audit.none')}</p>}
      <ol class="device-list">
        {audit.events.map((event) => (
          <AuditRow key={event.seq} event={event} />
        ))}
      </ol>
      {audit.hasMore && (
        <div class="row">
          <Button onPress={audit.more}>{say('audit.more')}</Button>
        </div>
      )}
    </>
  )
}
