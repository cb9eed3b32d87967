import { useEffect, useLayoutEffect } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Gate } from '../components/gate.tsx'
import { Heading } from '../components/heading.tsx'
import type { Out } from './out.ts'
import { pairAgainUrl } from './pair-again.ts'
import type { Say } from './texts/catalogue.ts'

interface ShortViewProps {
  readonly say: Say
}

export function StartingView({ say, isAway }: ShortViewProps & { readonly isAway: boolean }) {
  return (
    <main class="alone">
      <Gate look="waiting" />
      <Heading takesFocus={false}>{say(isAway ? 'link.away' : 'console.starting')}</Heading>
      {isAway && <p>{say('link.away.text')}</p>}
    </main>
  )
}

export function UnpairedView({ say }: ShortViewProps) {
  const url = pairAgainUrl(location.hash)
  useEffect(() => location.replace(url), [url])
  return (
    <main class="alone">
      <Gate look="closed" />
      <Heading takesFocus={false}>{say('console.unpaired')}</Heading>
      <p>{say('console.unpaired.text')}</p>
      <a class="button button-main" href={url}>
        {say('console.unpaired.submit')}
      </a>
    </main>
  )
}

interface OutViewProps extends ShortViewProps {
  readonly out: Out
  readonly detail: string
}

/** Nothing of what was shown before is left on the page. */
export function OutView({ out, detail, say }: OutViewProps) {
  // To pair anew would change nothing.
  const isOwn = ['clock', 'origin', 'storage', 'unsupported'].includes(out)
  useLayoutEffect(() => {
    document.title = `${say(`out.${out}.title`)} · Pairgate`
  }, [out, say])
  return (
    <main class="alone">
      <Gate look="refused" />
      <Heading takesFocus>{say(`out.${out}.title`)}</Heading>
      <p role="alert">{say(`out.${out}.text`, { detail, host: location.host })}</p>
      {!isOwn && (
        <a class="button button-main" href={pairAgainUrl(location.hash)}>
          {say('out.pair')}
        </a>
      )}
      {(isOwn || out === 'unknown') && <Button onPress={() => location.reload()}>{say('out.reload')}</Button>}
    </main>
  )
}
