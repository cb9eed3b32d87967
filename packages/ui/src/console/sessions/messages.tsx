import type { GatewaySession } from '@pairgate/client'
import { useCallback } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { tameText } from '../../texts/tame-text.ts'
import { useConsole } from '../console-context.ts'
import { formatInstant } from '../format.ts'
import { LiveProblem } from '../live-problem.tsx'
import { useLive } from '../use-live.ts'

interface MessagesProps {
  readonly sessionKey: string
  readonly onClose: () => void
}

/** The newest messages of a session; a new one appears by itself. */
export function Messages({ sessionKey, onClose }: MessagesProps) {
  const { say, session, language } = useConsole()
  const load = useCallback(
    (from: GatewaySession) => from.request('chat.history', { sessionKey, limit: 100 }),
    [sessionKey],
  )
  const live = useLive(session, load, 'chat')
  const { data } = live
  return (
    <Dialog title={say('sessions.of', { key: sessionKey })} onClose={onClose}>
      <div class="stack">
        <LiveProblem live={live} />
        {data?.hasMore && <p class="quiet">{say('sessions.older')}</p>}
        {data?.messages.length === 0 && <p>{say('sessions.empty')}</p>}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <ol class="messages" tabIndex={0} aria-label={say('sessions.of', { key: sessionKey })}>
          {data?.messages.map(({ id, from, content, timestamp }) => (
            <li key={id} class="message">
              <p class="quiet">
                <span class="mono">{from.replace(/^device:/, '').slice(0, 12)}</span>{' '}
                {formatInstant(timestamp, language)}
              </p>
              <p class="message-text foreign">{content.map(({ text }) => tameLines(text)).join('\n')}</p>
            </li>
          ))}
        </ol>
        <div class="row">
          <Button onPress={onClose}>{say('sessions.close')}</Button>
        </div>
      </div>
    </Dialog>
  )
}

function tameLines(text: string): string {
  return text.split('\n').map(tameText).join('\n')
}
