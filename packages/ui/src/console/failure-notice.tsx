import { ClientError } from '@pairgate/client'
import { Notice } from '../components/notice.tsx'
import { cutText, tameText } from '../texts/tame-text.ts'
import { useConsole } from './console-context.ts'
import { refusalText, type Say } from './texts/catalogue.ts'

/** What the reader has to mend before anything is asked of the gateway. */
export class WrongInput extends Error {}

/** Why something was not done; said at once. */
export function FailureNotice({ error }: { readonly error: unknown }) {
  const { say } = useConsole()
  return (
    <div role="alert">
      <Notice tone="problem" title={say('refusal.title')}>
        {failureText(error, say)}
      </Notice>
    </div>
  )
}

function failureText(error: unknown, say: Say): string {
  if (error instanceof WrongInput) return error.message
  const known = error instanceof ClientError ? refusalText(error.code, say) : undefined
  if (known !== undefined) return known
  const detail = error instanceof Error ? error.message : String(error)
  return say('refusal.other', { detail: cutText(tameText(detail), 200) })
}
