import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Heading } from '../../components/heading.tsx'
import { Notice } from '../../components/notice.tsx'
import { holds, useConsole } from '../console-context.ts'
import { LiveProblem } from '../live-problem.tsx'
import { AskMore } from '../me/ask-more.tsx'
import { MoreRows } from '../more-rows.tsx'
import { scopeText } from '../texts/catalogue.ts'
import { DeviceDetail } from './device-detail.tsx'
import { type Device, type DeviceList, useDeviceList } from './device-list.ts'
import { DeviceRow } from './device-row.tsx'
import { EVERYTHING, SORTS, STATES, type Wanted } from './wanted.ts'

/** Everybody who was let in: a page of them at a time, or one with all that is known of it. */
export function DevicesView({ deviceId }: { readonly deviceId: string | undefined }) {
  const [wanted, setWanted] = useState(EVERYTHING)
  // It stays while one of its devices is shown: who comes back finds it as it was.
  const list = useDeviceList(wanted)
  const opened = useRef<string>(undefined)
  if (deviceId !== undefined) {
    opened.current = deviceId
    return <DeviceDetail key={deviceId} deviceId={deviceId} />
  }
  return <DevicePages list={list} opened={opened.current} wanted={wanted} onWant={setWanted} />
}

interface FiltersProps {
  readonly wanted: Wanted
  readonly onWant: (wanted: Wanted) => void
}

interface DevicePagesProps extends FiltersProps {
  readonly list: DeviceList
  /** The device that its reader comes back from. */
  readonly opened: string | undefined
}

function DevicePages({ list, opened, wanted, onWant }: DevicePagesProps) {
  const console = useConsole()
  const { say } = console
  const { devices = [], total, isCut, next } = list.data ?? {}
  useLayoutEffect(() => {
    document.querySelector<HTMLElement>(`a.device-name[href="#devices/${opened}"]`)?.focus()
  }, [opened])
  // A row that is still the same is not even looked at, however many there are.
  const rows = useMemo(() => new WeakMap<Device, ComponentChildren>(), [console])
  return (
    <>
      <Heading takesFocus={false}>{say('devices.title')}</Heading>
      {!holds(console, 'operator.admin') && <OwnOnly />}
      <Filters wanted={wanted} onWant={onWant} />
      <LiveProblem live={list} />
      <p class="quiet" role="status">
        {total !== undefined &&
          (list.isStale
            ? say('devices.searching')
            : say(isCut ? 'devices.count.more' : 'devices.count', { shown: devices.length, total }))}
      </p>
      {total === 0 && !list.isStale && <p class="card empty">{say('devices.none')}</p>}
      <ul id="device-list" class="device-list" aria-busy={list.isStale}>
        {devices.map((device) => {
          const row = rows.get(device) ?? <DeviceRow key={device.deviceId} device={device} />
          rows.set(device, row)
          return row
        })}
      </ul>
      <MoreRows
        list="device-list"
        count={devices.length}
        hasMore={next !== undefined}
        label={say('devices.more')}
        onMore={list.more}
      />
    </>
  )
}

function OwnOnly() {
  const { say } = useConsole()
  const scope = 'operator.admin'
  return (
    <section class="stack">
      <Notice title={say('missing.title')}>{say('missing.own', { scope: scopeText(scope, say) })}</Notice>
      <AskMore scope={scope} />
    </section>
  )
}

function Filters({ wanted, onWant }: FiltersProps) {
  const { say } = useConsole()
  return (
    <search class="filters">
      <div class="field filters-search">
        <label for="search">{say('devices.search')}</label>
        <input
          id="search"
          class="input"
          type="search"
          maxLength={128}
          autoComplete="off"
          spellcheck={false}
          value={wanted.search}
          onInput={({ currentTarget }) => onWant({ ...wanted, search: currentTarget.value })}
        />
      </div>
      <div class="field">
        <label for="state">{say('devices.state')}</label>
        <select
          id="state"
          class="input"
          value={wanted.state}
          onChange={({ currentTarget: { value } }) =>
            onWant({ ...wanted, state: STATES.find((each) => each === value) ?? '' })
          }
        >
          <option value="">{say('devices.state.all')}</option>
          {STATES.map((each) => (
            <option key={each} value={each}>
              {say(`devices.state.${each}`)}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for="sort">{say('devices.sort')}</label>
        <select
          id="sort"
          class="input"
          value={wanted.sort}
          onChange={({ currentTarget: { value } }) =>
            onWant({ ...wanted, sort: SORTS.find((each) => each === value) ?? 'name' })
          }
        >
          {SORTS.map((each) => (
            <option key={each} value={each}>
              {say(`devices.sort.${each}`)}
            </option>
          ))}
        </select>
      </div>
      <label class="choice">
        <input
          type="checkbox"
          checked={wanted.isConnected}
          onChange={({ currentTarget }) => onWant({ ...wanted, isConnected: currentTarget.checked })}
        />
        <span>{say('devices.connected')}</span>
      </label>
    </search>
  )
}
