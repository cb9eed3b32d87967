import { fingerprintWords } from '@pairgate/protocol'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { Words } from '../../components/words.tsx'
import { useConsole } from '../console-context.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { useUpgrade } from './use-upgrade.ts'

/** Asks an operator for one more scope, and waits here for the answer. */
export function AskMore({ scope }: { readonly scope: string }) {
  const { say, device } = useConsole()
  const { state, ask } = useUpgrade(scope)
  if (state.kind === 'waiting')
    return (
      <div class="stack" role="status">
        <p>{say('missing.waiting')}</p>
        <Words fingerprint={fingerprintWords(device.key.deviceId)} label={say('me.words')} />
        <p class="quiet">{say('missing.compare')}</p>
        <p class="quiet mono foreign">{say('missing.request', { id: state.requestId })}</p>
      </div>
    )
  return (
    <div class="stack">
      {state.kind === 'failed' && <FailureNotice error={state.error} />}
      {(state.kind === 'rejected' || state.kind === 'expired') && (
        <div role="alert">
          <Notice tone="problem" title={say('missing.title')}>
            {say(`missing.${state.kind}`)}
          </Notice>
        </div>
      )}
      <div class="row">
        <Button isWaiting={state.kind === 'asking'} onPress={ask}>
          {say('missing.ask')}
        </Button>
      </div>
    </div>
  )
}
