import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Notice } from '../components/notice.tsx'
import { keepFocus } from '../platform/keep-focus.ts'
import { AuditView } from './audit/audit-view.tsx'
import { holds, isEverywhere, useConsole } from './console-context.ts'
import { DevicesView } from './devices/devices-view.tsx'
import { HealthView } from './health/health-view.tsx'
import { InviteView } from './invite/invite-view.tsx'
import type { Invited } from './invite/invited.ts'
import { MeView } from './me/me-view.tsx'
import { MissingView } from './me/missing-view.tsx'
import { UpgradeContext, useUpgrades } from './me/use-upgrade.ts'
import { type Route, VIEWS, type View } from './read-route.ts'
import { type Inbox, useInbox } from './requests/inbox.ts'
import { RequestsView } from './requests/requests-view.tsx'
import { SessionsView } from './sessions/sessions-view.tsx'
import { LANGUAGES, type Language } from './texts/catalogue.ts'
import { useRoute } from './use-route.ts'

interface FrameProps {
  readonly isAway: boolean
  readonly onLanguage: (language: Language) => void
}

/** Where one is, who one is, and the view in between. */
export function Frame({ isAway, onLanguage }: FrameProps) {
  const { say } = useConsole()
  const route = useRoute()
  const inbox = useInbox()
  const upgrade = useUpgrades()
  const [invited, setInvited] = useState<Invited>()
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => (frame.current ? keepFocus(frame.current) : undefined), [])
  const waiting = inbox.data?.pending.length ?? 0
  useLayoutEffect(() => {
    const count = waiting > 0 ? `(${waiting}) ` : ''
    document.title = `${count}${say(`view.${route.view}`)} · Pairgate`
  }, [say, route.view, waiting])
  return (
    <div ref={frame} class="frame">
      <button type="button" class="button skip" onClick={() => document.getElementById('content')?.focus()}>
        {say('console.skip')}
      </button>
      <header class="bar">
        <span class="brand">Pairgate</span>
        <LinkLamp isAway={isAway} />
        <LanguageChoice onLanguage={onLanguage} />
      </header>
      <Navigation view={route.view} waiting={waiting} />
      <main class="content" id="content" tabIndex={-1}>
        {isAway && <AwayNotice />}
        <UpgradeContext.Provider value={upgrade}>
          <ContentOf {...{ route, inbox, invited }} onInvited={setInvited} />
        </UpgradeContext.Provider>
      </main>
      <p class="hidden" role="status">
        {waiting > 0 && say('requests.new', { count: waiting })}
      </p>
    </div>
  )
}

function LinkLamp({ isAway }: { readonly isAway: boolean }) {
  const { say, device } = useConsole()
  return (
    <p class={isAway ? 'lamp lamp-away' : 'lamp'} role="status">
      <span class="lamp-dot" aria-hidden="true" />
      {say(isAway ? 'link.away' : 'link.open')}
      <span class="place foreign">{device.place.host}</span>
    </p>
  )
}

function LanguageChoice({ onLanguage }: Pick<FrameProps, 'onLanguage'>) {
  const { say, language } = useConsole()
  return (
    <fieldset class="languages" aria-label={say('console.language')}>
      {LANGUAGES.map((each) => (
        <button
          key={each}
          type="button"
          class="language"
          lang={each}
          aria-pressed={each === language}
          onClick={() => onLanguage(each)}
        >
          {each.toUpperCase()}
        </button>
      ))}
    </fieldset>
  )
}

function Navigation({ view, waiting }: { readonly view: View; readonly waiting: number }) {
  const { say } = useConsole()
  return (
    <nav class="nav" aria-label={say('console.nav')}>
      {VIEWS.map((each) => (
        <a key={each} class="nav-link" href={`#${each}`} aria-current={each === view ? 'page' : undefined}>
          {say(`view.${each}`)}
          {each === 'requests' && waiting > 0 && <span class="count">{waiting}</span>}
        </a>
      ))}
    </nav>
  )
}

const AWAY_MS = 1_500

/** Said only where it takes longer than a blink. */
function AwayNotice() {
  const { say } = useConsole()
  const [isLong, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), AWAY_MS)
    return () => clearTimeout(timer)
  }, [])
  if (!isLong) return null
  return (
    <Notice tone="warning" title={say('link.away')}>
      {say('link.away.text')}
    </Notice>
  )
}

interface ContentProps {
  readonly route: Route
  readonly inbox: Inbox
  readonly invited: Invited | undefined
  readonly onInvited: (invited: Invited | undefined) => void
}

function ContentOf({ route, inbox, invited, onInvited }: ContentProps) {
  const { view, deviceId } = route
  const scope = NEEDED[view]
  const shown = {
    requests: () => <RequestsView inbox={inbox} />,
    devices: () => <DevicesView deviceId={deviceId} />,
    invite: () => <InviteView {...{ inbox, invited, onInvited }} />,
    sessions: () => <SessionsView />,
    audit: () => <AuditView deviceId={deviceId} />,
    health: () => <HealthView />,
    me: () => <MeView />,
  }[view]
  return (
    <Needs key={view} scope={scope} view={view}>
      {shown}
    </Needs>
  )
}

/** The scope that a view is nothing without. */
const NEEDED: Readonly<Record<View, string | undefined>> = {
  requests: 'operator.pairing',
  devices: 'operator.pairing',
  invite: 'operator.pairing',
  sessions: 'operator.read',
  audit: 'operator.admin',
  health: 'operator.read',
  me: undefined,
}

interface NeedsProps {
  readonly scope: string | undefined
  readonly view: View
  readonly children: () => ComponentChildren
}

function Needs({ scope, view, children }: NeedsProps) {
  const console = useConsole()
  if (scope !== undefined && !holds(console, scope)) return <MissingView view={view} scope={scope} />
  if ((view === 'audit' || view === 'health') && !isEverywhere(console))
    return <MissingView view={view} scope={undefined} />
  return <>{children()}</>
}
