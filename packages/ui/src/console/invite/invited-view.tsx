import { formatPairCode, parsePairCode } from '@pairgate/protocol'
import { useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Countdown } from '../../components/countdown.tsx'
import { Notice } from '../../components/notice.tsx'
import { QrCode } from '../../components/qr-code.tsx'
import { systemNow } from '../../platform/clock.ts'
import { tameText } from '../../texts/tame-text.ts'
import { ActionDialog } from '../action-dialog.tsx'
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
          <div class="handout">
            <Code invited={invited} />
            <QrCode text={invited.link} label={say('invite.qr')} />
          </div>
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
        {state === 'open' && <CancelButton id={invited.id} label={row?.label} />}
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
    <div class="stack">
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
    </div>
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

interface CancelButtonProps {
  readonly id: string
  readonly label: string | undefined
}

/** What becomes of it is told by an event. */
export function CancelButton({ id, label = '' }: CancelButtonProps) {
  const { say, session } = useConsole()
  const [isAsked, setAsked] = useState(false)
  return (
    <>
      <Button onPress={() => setAsked(true)}>
        {say('invite.cancel')} <span class="hidden">{tameText(label)}</span>
      </Button>
      {isAsked && (
        <ActionDialog
          title={say('invite.cancel.title')}
          action={say('invite.cancel.submit')}
          leave={say('invite.cancel.leave')}
          isDangerous
          onDo={() => session.request('device.pair.cancelInvitation', { id })}
          onClose={() => setAsked(false)}
        >
          <p>{say('invite.cancel.text')}</p>
        </ActionDialog>
      )}
    </>
  )
}
