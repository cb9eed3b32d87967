import type { MethodResult } from '@pairgate/client'
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Foreign } from '../../components/foreign.tsx'
import { useConsole } from '../console-context.ts'
import { DeviceLink } from '../devices/device-link.tsx'
import { kindText } from '../texts/catalogue.ts'
import type { AuditFilter } from './audit-filter.ts'
import { KINDS } from './kinds.ts'

interface AuditFiltersProps {
  readonly filter: AuditFilter
  readonly onChange: (change: Partial<AuditFilter>) => void
}

/** What is shown of the log: one kind, one device, a span of days. */
export function AuditFilters({ filter, onChange }: AuditFiltersProps) {
  const { say } = useConsole()
  return (
    <section class="audit-filters" aria-label={say('audit.filters')}>
      <div class="field">
        <label for="kind">{say('audit.kind')}</label>
        <select
          id="kind"
          class="input"
          value={filter.kind}
          onChange={({ currentTarget }) => onChange({ kind: currentTarget.value })}
        >
          <option value="">{say('devices.state.all')}</option>
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {kindText(each, say)}
            </option>
          ))}
        </select>
      </div>
      <div class="days">
        <DayField name="from" filter={filter} onChange={onChange} />
        <DayField name="to" filter={filter} onChange={onChange} />
      </div>
      {filter.deviceId === undefined ? <DeviceChoice /> : <ChosenDevice deviceId={filter.deviceId} />}
    </section>
  )
}

function DayField({ name, filter, onChange }: AuditFiltersProps & { readonly name: 'from' | 'to' }) {
  const { say } = useConsole()
  return (
    <div class="field">
      <label for={`audit-${name}`}>{say(`audit.${name}`)}</label>
      <input
        id={`audit-${name}`}
        class="input"
        type="date"
        value={filter[name]}
        onChange={({ currentTarget }) => onChange({ [name]: currentTarget.value })}
      />
    </div>
  )
}

type Device = MethodResult<'device.page'>['devices'][number]

const TYPING_MS = 250
const SHOWN = 6

/** Searches for the device that is meant; one that is gone is named by its whole id. */
function DeviceChoice() {
  const { say, session } = useConsole()
  const [search, setSearch] = useState('')
  const [found, setFound] = useState<readonly Device[]>()
  useEffect(() => {
    setFound(undefined)
    if (search.trim() === '') return undefined
    let isOver = false
    const ask = async (): Promise<void> => {
      const page = await session
        .request('device.page', { search: search.trim(), limit: SHOWN })
        .catch(() => undefined)
      if (!isOver && page) setFound(page.devices)
    }
    const timer = setTimeout(() => void ask(), TYPING_MS)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [session, search])
  const [whole] = /^[0-9a-f]{64}$/.exec(search.trim()) ?? []
  return (
    <div class="field">
      <label for="audit-device">{say('audit.device')}</label>
      <input
        id="audit-device"
        class="input"
        type="search"
        autocomplete="off"
        spellcheck={false}
        maxLength={128}
        placeholder={say('devices.search')}
        value={search}
        onInput={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      <div role="status">
        {found?.length === 0 && whole === undefined && <p class="quiet">{say('devices.none')}</p>}
      </div>
      <ul class="matches">
        {found?.map(({ deviceId, operatorLabel, displayName }) => (
          <li key={deviceId}>
            <a class="button" href={`#audit/${deviceId}`}>
              <Foreign text={operatorLabel ?? displayName} otherwise={say('console.nothing')} most={32} />
              <span class="mono quiet">{deviceId.slice(0, 8)}</span>
            </a>
          </li>
        ))}
        {found?.length === 0 && whole !== undefined && (
          <li>
            <a class="button mono" href={`#audit/${whole}`}>
              {whole.slice(0, 12)}
            </a>
          </li>
        )}
      </ul>
    </div>
  )
}

function ChosenDevice({ deviceId }: { readonly deviceId: string }) {
  const { say } = useConsole()
  return (
    <div class="row chosen">
      <p>
        {say('audit.about')} <DeviceLink deviceId={deviceId} />
      </p>
      <Button onPress={() => location.assign('#audit')}>{say('audit.everybody')}</Button>
    </div>
  )
}
