import { formatPairCode, parsePairCode } from '@pairgate/protocol'
import { useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Countdown } from '../../components/countdown.tsx'
import { Notice } from '../../components/notice.tsx'
import { QrCode } from '../../components/qr-code.tsx'
import { systemNow } from '../../platform/clock.ts'
import { useConsole } from '../console-context.ts'
import type { Invitation } from '../requests/inbox.ts'
import type { Invited } from './invited.ts'
import { JoinedView } from './joined-view.tsx'

interface InvitedViewProps {
  readonly invited: Invited
  /** What has become of it. */
  readonly row: Invitation | undefined
  readonly onAnother: () => void
}

/** The invitation while it is open, and then what has become of it; its secret is nowhere but here. */
export function InvitedView({ invited, row, onAnother }: InvitedViewProps) {
  const { say, toLocal } = useConsole()
  const state = row?.state ?? 'open'
  return (
    <section class="card stack narrow">
      <div role="status" class="stack">
        {state === 'redeemed' && <JoinedView deviceId={row?.redeemedBy} />}
        {state === 'cancelled' && <Notice tone="warning" title={say('invite.cancelled')} />}
        {state === 'expired' && <Notice tone="warning" title={say('invite.over')} />}
        {state === 'open' && row !== undefined && row.candidates.length > 0 && (
          <Notice tone="warning" title={say('invite.waits')}>
            <a href="#requests">{say('invite.waits.show')}</a>
          </Notice>
        )}
      </div>
      {state === 'open' && (
        <>
          <Code invited={invited} />
          <QrCode text={invited.link} label={say('invite.qr')} />
          <LinkField link={invited.link} />
          <p class="quiet">
            <Countdown
              endsAt={toLocal(invited.expiresAtMs)}
              say={(time) => say('invite.link.left', { time })}
            />
          </p>
          <p>{say('invite.once')}</p>
        </>
      )}
      <div class="row">
        {state === 'open' && <CancelButton id={invited.id} />}
        <Button onPress={onAnother}>{say('invite.another')}</Button>
      </div>
    </section>
  )
}

function Code({ invited: { code, codeExpiresAtMs, link } }: { readonly invited: Invited }) {
  const { say, toLocal } = useConsole()
  const endsAt = toLocal(codeExpiresAtMs ?? 0)
  const [isOver, setOver] = useState(endsAt <= systemNow())
  const parsed = parsePairCode(code ?? '')
  if (parsed === undefined) return null
  if (isOver) return <p class="quiet">{say('invite.code.over')}</p>
  const [url = ''] = link.split('#')
  return (
    <>
      <h2>{say('invite.code')}</h2>
      <p class="code">
        <span aria-hidden="true">{formatPairCode(parsed)}</span>
        <span class="hidden">{say('invite.code.read', { digits: [...parsed].join(' ') })}</span>
      </p>
      <p>{say('invite.how', { url })}</p>
      <p class="quiet">
        <Countdown
          endsAt={endsAt}
          onEnd={() => setOver(true)}
          say={(time) => say('invite.code.left', { time })}
        />
      </p>
    </>
  )
}

function LinkField({ link }: { readonly link: string }) {
  const { say } = useConsole()
  const [told, setTold] = useState<'invite.copied' | 'invite.select'>()
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(link)
      setTold('invite.copied')
    } catch {
      // Plain HTTP has no clipboard, and a reader may forbid it.
      setTold('invite.select')
    }
  }
  return (
    <div class="field">
      <label for="invite-link">{say('invite.link')}</label>
      <input
        id="invite-link"
        class="input mono"
        type="text"
        readOnly
        value={link}
        onFocus={({ currentTarget }) => currentTarget.select()}
      />
      <div class="row">
        <Button onPress={() => void copy()}>{say('invite.copy')}</Button>
        <p class="quiet" role="status">
          {told && say(told)}
        </p>
      </div>
    </div>
  )
}

export function CancelButton({ id }: { readonly id: string }) {
  const { say, session } = useConsole()
  // What has become of it is told by an event; one that is over meanwhile needs no cancelling.
  const cancel = (): void =>
    void session.request('device.pair.cancelInvitation', { id }).catch(() => undefined)
  return <Button onPress={cancel}>{say('invite.cancel')}</Button>
}
