import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { Gate, type GateLook } from '../components/gate.tsx'
import { Notice } from '../components/notice.tsx'
import { wantedLanguages } from '../platform/wanted-languages.ts'
import { LeavingView, ScopeView } from './app-views.tsx'
import { ChooseView } from './choose-view.tsx'
import type { PairState } from './pair-state.ts'
import { PairedView } from './paired-view.tsx'
import { BusyView, InvitedView, StoppedView } from './short-views.tsx'
import type { Address } from './take-address.ts'
import { languageFor, type Say, speak } from './texts/catalogue.ts'
import { type PairingOfPage, usePairing } from './use-pairing.ts'
import { WaitingView } from './waiting-view.tsx'

/** The page on which a browser lands that is not paired. */
export function PairApp({ address }: { readonly address: Address }) {
  const language = useMemo(() => languageFor(wantedLanguages()), [])
  const say = useMemo(() => speak(language), [language])
  const page = usePairing(address)
  useLayoutEffect(() => {
    document.documentElement.lang = language
    document.title = `${say('page.title')} · Pairgate`
  }, [language, say])
  return (
    <div class="page">
      <header class="top">
        <span class="brand">Pairgate</span>
        <span class="place foreign">{location.host}</span>
      </header>
      <main class="card">
        <Gate look={lookOf(page.state)} />
        <Step page={page} say={say} />
      </main>
      <Footer page={page} say={say} />
    </div>
  )
}

interface PartProps {
  readonly page: PairingOfPage
  readonly say: Say
}

function Step({ page: { state, pairing, device }, say }: PartProps) {
  const takesFocus = useHasBegun(state)
  if (!pairing || !device || state.kind === 'stopped')
    return state.kind === 'stopped' ? (
      <StoppedView problem={state.problem} say={say} />
    ) : (
      <BusyView title={say('page.starting')} say={say} takesFocus={false} />
    )
  const common = { say, pairing, takesFocus }
  switch (state.kind) {
    case 'starting':
      return <BusyView title={say('page.starting')} say={say} takesFocus={false} />
    case 'choose':
      return <ChooseView {...common} problem={state.problem} isChecking={false} />
    case 'connecting':
      if (state.way === 'code' && !state.isAway)
        return <ChooseView {...common} problem={undefined} isChecking={true} />
      return <BusyView title={titleOf(state, say)} isAway={state.isAway} {...common} />
    case 'invited':
      return <InvitedView {...common} secret={state.secret} isPaired={state.isPaired} />
    case 'waiting':
      return <WaitingView {...common} waiting={state} />
    case 'paired':
      return <PairedView {...common} grant={state.grant} problem={state.problem} />
    case 'scope-missing':
      return <ScopeView {...common} scope={state.scope} problem={state.problem} />
    case 'leaving':
      return <LeavingView {...common} />
  }
}

function titleOf({ way, isAway }: Extract<PairState, { kind: 'connecting' }>, say: Say): string {
  return isAway ? say('away.title') : say(`connecting.${way}`)
}

/** Whether the page has gone on from the step that it began with. */
function useHasBegun({ kind }: PairState): boolean {
  const first = useRef<string>(undefined)
  const hasBegun = useRef(false)
  if (kind !== 'starting') first.current ??= kind
  if (first.current !== undefined && first.current !== kind) hasBegun.current = true
  return hasBegun.current
}

function lookOf(state: PairState): GateLook {
  if (state.kind === 'leaving') return 'open'
  if (state.kind === 'paired') return state.problem ? 'refused' : 'open'
  if (state.kind === 'scope-missing') return 'refused'
  if (state.kind === 'waiting' || state.kind === 'connecting') return 'waiting'
  const isOut = state.kind === 'stopped' || (state.kind === 'choose' && state.problem !== undefined)
  return isOut ? 'refused' : 'closed'
}

function Footer({ page: { device }, say }: PartProps) {
  if (!device) return null
  return (
    <footer class="bottom">
      {device.key.storage === 'extractable' ? (
        <Notice tone="warning" title={say('page.key.plain.title')}>
          {say('page.key.plain.text')}
        </Notice>
      ) : (
        <p class="quiet">{say('page.key.hidden')}</p>
      )}
    </footer>
  )
}
