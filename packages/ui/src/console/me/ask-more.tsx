import { fingerprintWords } from '@pairgate/protocol'
import { useEffect, useRef } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { Words } from '../../components/words.tsx'
import { useConsole } from '../console-context.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { type UpgradeState, useUpgrade } from './use-upgrade.ts'

/** Asks an operator for one more scope, and shows here what becomes of it. */
export function AskMore({ scope }: { readonly scope: string }) {
  const { say } = useConsole()
  const { state, ask } = useUpgrade(scope)
  return (
    <div class="stack">
      <Outcome state={state} />
      {state.kind === 'waiting' ? (
        <Waiting requestId={state.requestId} />
      ) : (
        <div class="row">
          <Button look="main" isWaiting={state.kind === 'asking'} onPress={ask}>
            {say('missing.ask')}
          </Button>
        </div>
      )}
    </div>
  )
}

function Outcome({ state }: { readonly state: UpgradeState }) {
  const { say } = useConsole()
  if (state.kind === 'failed') return <FailureNotice error={state.error} />
  if (state.kind !== 'rejected' && state.kind !== 'expired') return null
  return (
    <div role="alert">
      <Notice tone="problem" title={say(`missing.${state.kind}.title`)}>
        {say(`missing.${state.kind}`)}
      </Notice>
    </div>
  )
}

/** It takes the keyboard from the button that stood in its place. */
function Waiting({ requestId }: { readonly requestId: string }) {
  const { say, device } = useConsole()
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    if (document.activeElement === document.body) box.current?.focus()
  }, [])
  return (
    <section ref={box} class="stack" tabIndex={-1} aria-label={say('missing.waiting')}>
      <p role="status">{say('missing.waiting')}</p>
      <Words fingerprint={fingerprintWords(device.key.deviceId)} label={say('me.words')} />
      <p class="quiet">{say('missing.compare')}</p>
      <p class="quiet mono foreign">{say('missing.request', { id: requestId })}</p>
    </section>
  )
}
