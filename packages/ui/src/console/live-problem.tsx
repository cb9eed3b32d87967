import { Button } from '../components/button.tsx'
import { Notice } from '../components/notice.tsx'
import { hasCode } from '../gateway/has-code.ts'
import { useConsole } from './console-context.ts'
import { FailureNotice } from './failure-notice.tsx'
import type { Live } from './use-live.ts'

/** Says that something is fetched, or could not be; nothing once it is there. */
export function LiveProblem({ live }: { readonly live: Live<unknown> }) {
  const { say } = useConsole()
  const { data, error, reload } = live
  if (error === undefined)
    return data === undefined ? (
      <p class="quiet" role="status">
        {say('console.loading')}
      </p>
    ) : null
  return (
    <div class="stack">
      <LoadFailure error={error} />
      <div class="row">
        <Button onPress={reload}>{say('console.again')}</Button>
      </div>
    </div>
  )
}

/** Nothing was to be done here, so there is nothing to look after when the gateway was away. */
function LoadFailure({ error }: { readonly error: unknown }) {
  const { say } = useConsole()
  if (!hasCode(error, 'CLOSED') && !hasCode(error, 'TIMEOUT'))
    return <FailureNotice error={error} title="console.failed" />
  return (
    <div role="alert">
      <Notice tone="warning" title={say('console.failed')}>
        {say('link.away.text')}
      </Notice>
    </div>
  )
}
