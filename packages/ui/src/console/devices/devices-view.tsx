import type { ComponentChildren } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Heading } from '../../components/heading.tsx'
import { Notice } from '../../components/notice.tsx'
import { holds, useConsole } from '../console-context.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { AskMore } from '../me/ask-more.tsx'
import { scopeText } from '../texts/catalogue.ts'
import { DeviceDetail } from './device-detail.tsx'
import { type Device, useDeviceList } from './device-list.ts'
import { DeviceRow } from './device-row.tsx'
import { EVERYTHING, SORTS, STATES, type Wanted } from './wanted.ts'

/** Everybody who was let in: a page of them at a time, or one with all that is known of it. */
export function DevicesView({ deviceId }: { readonly deviceId: string | undefined }) {
  const [wanted, setWanted] = useState(EVERYTHING)
  if (deviceId !== undefined) return <DeviceDetail key={deviceId} deviceId={deviceId} />
  return <DevicePages wanted={wanted} onWant={setWanted} />
}

interface DevicePagesProps {
  readonly wanted: Wanted
  readonly onWant: (wanted: Wanted) => void
}

function DevicePages({ wanted, onWant }: DevicePagesProps) {
  const console = useConsole()
  const { say } = console
  const list = useDeviceList(wanted)
  const { devices, total, error } = list
  // A row that is still the same is not even looked at, however many there are.
  const rows = useMemo(() => new WeakMap<Device, ComponentChildren>(), [console])
  return (
    <>
      <Heading takesFocus={false}>{say('devices.title')}</Heading>
      {!holds(console, 'operator.admin') && <OwnOnly />}
      <Filters wanted={wanted} onWant={onWant} />
      {error !== undefined && <FailureNotice error={error} />}
      <p class="quiet" role="status">
        {total === undefined
          ? say('console.loading')
          : say(list.isCut ? 'devices.count.more' : 'devices.count', { shown: devices.length, total })}
      </p>
      {total === 0 && <p class="card empty">{say('devices.none')}</p>}
      <ul class="device-list">
        {devices.map((device) => {
          const row = rows.get(device) ?? <DeviceRow key={device.deviceId} device={device} />
          rows.set(device, row)
          return row
        })}
      </ul>
      {list.hasMore && (
        <div class="row">
          <Button onPress={list.more}>{say('devices.more')}</Button>
        </div>
      )}
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

function Filters({ wanted, onWant }: DevicePagesProps) {
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
