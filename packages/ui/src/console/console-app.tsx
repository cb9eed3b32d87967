import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import { systemNow } from '../platform/clock.ts'
import { languageMemo, wantedLanguages } from '../platform/wanted-languages.ts'
import { type Console, ConsoleContext } from './console-context.ts'
import { Frame } from './frame.tsx'
import type { LinkState } from './link.ts'
import { OutView, StartingView, UnpairedView } from './short-views.tsx'
import { type Language, languageFor, type Say, speak } from './texts/catalogue.ts'
import { type Link, useLink } from './use-link.ts'

/** The page of those who look after the gateway. */
export function ConsoleApp() {
  const [language, setLanguage] = useState(() => languageFor(wantedLanguages()))
  const say = useMemo(() => speak(language), [language])
  const link = useLink()
  useLayoutEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const choose = (next: Language): void => {
    languageMemo.write({ language: next })
    setLanguage(next)
  }
  const console = useConsoleOf(link, language, say)
  if (!console) return <Before state={link.state} say={say} />
  return (
    <ConsoleContext.Provider value={console}>
      <Frame isAway={link.state.kind === 'away'} onLanguage={choose} />
    </ConsoleContext.Provider>
  )
}

function Before({ state, say }: { readonly state: LinkState; readonly say: Say }) {
  if (state.kind === 'unpaired') return <UnpairedView say={say} />
  if (state.kind === 'out') return <OutView out={state.out} detail={state.detail} say={say} />
  return <StartingView isAway={state.kind === 'away'} say={say} />
}

/** While the gateway is away the views stay; once this browser is out, nothing of them does. */
function useConsoleOf(link: Link, language: Language, say: Say): Console | undefined {
  const { state, device, session, reconnect } = link
  const [last, setLast] = useState<Extract<LinkState, { kind: 'open' }>>()
  useEffect(() => {
    if (state.kind === 'open') setLast(state)
    if (state.kind === 'out') setLast(undefined)
  }, [state])
  const shown = state.kind === 'open' ? state : state.kind === 'away' ? last : undefined
  return useMemo(() => {
    if (!device || !session || !shown) return undefined
    const { hello, skewMs } = shown
    return {
      ...{ say, language, device, session, hello, reconnect },
      gatewayNow: () => systemNow() + skewMs,
      toLocal: (ms) => ms - skewMs,
    }
  }, [shown, device, session, say, language, reconnect])
}
