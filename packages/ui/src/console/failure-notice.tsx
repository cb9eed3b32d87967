import { ClientError } from '@pairgate/client'
import { Notice } from '../components/notice.tsx'
import { cutText, tameText } from '../texts/tame-text.ts'
import { useConsole } from './console-context.ts'
import { refusalText, type Say } from './texts/catalogue.ts'
import type { TextKey } from './texts/en.ts'

/** What the reader has to mend before anything is asked of the gateway. */
export class WrongInput extends Error {}

interface FailureNoticeProps {
  readonly error: unknown
  /** Left out: something was not done. */
  readonly title?: TextKey
}

/** Why something was not done; said at once. */
export function FailureNotice({ error, title = 'refusal.title' }: FailureNoticeProps) {
  const { say } = useConsole()
  return (
    <div role="alert">
      <Notice tone="problem" title={say(title)}>
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
