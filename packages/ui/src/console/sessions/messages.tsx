import { useLayoutEffect, useRef } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { formatInstant } from '../../texts/format.ts'
import { tameText } from '../../texts/tame-text.ts'
import { Actor } from '../audit/actor.tsx'
import { useConsole } from '../console-context.ts'
import { LiveProblem } from '../live-problem.tsx'
import { type Message, useMessages } from './use-messages.ts'

interface MessagesProps {
  readonly sessionKey: string
  readonly onClose: () => void
}

/** The messages of a session, the newest at the end; a new one appears by itself, older ones when asked for. */
export function Messages({ sessionKey, onClose }: MessagesProps) {
  const { say } = useConsole()
  const { messages, hasOlder, error, older, reload } = useMessages(sessionKey)
  const list = useRef<HTMLOListElement>(null)
  const first = messages?.[0]?.seq
  const last = messages?.at(-1)?.seq
  useKeptPlace(list, first, last)
  const title = say('sessions.of', { key: sessionKey })
  async function goBack(): Promise<void> {
    await older()
    // The button may be gone now, and the keyboard must be somewhere.
    list.current?.focus()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="stack">
        <LiveProblem live={{ data: messages, error, reload }} />
        {messages?.length === 0 && <p>{say('sessions.empty')}</p>}
        {hasOlder && (
          <div class="row">
            <Button onPress={() => void goBack()}>{say('sessions.older')}</Button>
          </div>
        )}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <ol ref={list} class="messages" tabIndex={0} aria-label={title}>
          {messages?.map((message) => (
            <MessageLine key={message.id} message={message} />
          ))}
        </ol>
        <div class="row">
          <Button onPress={onClose}>{say('sessions.close')}</Button>
        </div>
      </div>
    </Dialog>
  )
}

function MessageLine({ message: { from, content, timestamp } }: { readonly message: Message }) {
  const { language } = useConsole()
  return (
    <li class="message">
      <p class="quiet">
        <Actor actor={from} /> ·{' '}
        <time class="instant" dateTime={new Date(timestamp).toISOString()}>
          {formatInstant(timestamp, language)}
        </time>
      </p>
      <p class="message-text foreign">{content.map(({ text }) => tameLines(text)).join('\n')}</p>
    </li>
  )
}

/** What is read stays where it is when older ones come before it; a new one at the end is shown. */
function useKeptPlace(
  list: { readonly current: HTMLOListElement | null },
  first: number | undefined,
  last: number | undefined,
): void {
  const height = useRef(0)
  const shown = useRef<number>(undefined)
  useLayoutEffect(() => {
    const box = list.current
    if (!box) return
    const isNew = shown.current !== last
    shown.current = last
    if (isNew) box.scrollTop = box.scrollHeight
    else box.scrollTop += box.scrollHeight - height.current
    height.current = box.scrollHeight
  }, [list, first, last])
}

function tameLines(text: string): string {
  return text.split('\n').map(tameText).join('\n')
}
