import { Button } from '../components/button.tsx'
import { Notice } from '../components/notice.tsx'
import { useConsole } from './console-context.ts'
import { FailureNotice } from './failure-notice.tsx'
import type { Live } from './use-live.ts'

/** Says that something is fetched, or could not be; nothing once it is there. */
export function LiveProblem({ live }: { readonly live: Live<unknown> }) {
  const { say } = useConsole()
  const { data, error, reload } = live
  if (error !== undefined)
    return (
      <div class="stack">
        <Notice tone="warning" title={say('console.failed')} />
        <FailureNotice error={error} />
        <div class="row">
          <Button onPress={reload}>{say('console.again')}</Button>
        </div>
      </div>
    )
  return data === undefined ? <p class="quiet">{say('console.loading')}</p> : null
}
