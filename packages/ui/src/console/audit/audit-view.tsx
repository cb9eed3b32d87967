import type { MethodResult } from '@pairgate/client'
import { useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Heading } from '../../components/heading.tsx'
import { Notice } from '../../components/notice.tsx'
import { useConsole } from '../console-context.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { kindText } from '../texts/catalogue.ts'
import { AuditRow } from './audit-row.tsx'
import { exportAudit, saveFile } from './export-audit.ts'
import { KINDS } from './kinds.ts'
import { MOST_EXPORTED, useAudit } from './use-audit.ts'

/** Everything that was decided, by whom, and whether the log is whole. */
export function AuditView() {
  const { say } = useConsole()
  const [kind, setKind] = useState('')
  const audit = useAudit(kind)
  return (
    <>
      <Heading takesFocus={false}>{say('audit.title')}</Heading>
      <p class="intro">{say('audit.intro')}</p>
      <AuditTools kind={kind} />
      <div class="field narrow">
        <label for="kind">{say('audit.kind')}</label>
        <select
          id="kind"
          class="input"
          value={kind}
          onChange={({ currentTarget }) => setKind(currentTarget.value)}
        >
          <option value="">{say('devices.state.all')}</option>
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {kindText(each, say)}
            </option>
          ))}
        </select>
      </div>
      {audit.error !== undefined && <FailureNotice error={audit.error} />}
      {audit.isLoaded && audit.events.length === 0 && <p class="card empty">{say('audit.none')}</p>}
      <ol class="device-list">
        {audit.events.map((event) => (
          <AuditRow key={event.seq} event={event} />
        ))}
      </ol>
      {audit.hasMore && (
        <div class="row">
          <Button onPress={audit.more}>{say('audit.more')}</Button>
        </div>
      )}
    </>
  )
}

type Verdict = MethodResult<'audit.verify'>

function AuditTools({ kind }: { readonly kind: string }) {
  const { say, session } = useConsole()
  const [verdict, setVerdict] = useState<Verdict>()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)

  async function run(work: () => Promise<void>): Promise<void> {
    setBusy(true)
    setError(undefined)
    try {
      await work()
    } catch (failure) {
      setError(failure)
    }
    setBusy(false)
  }
  const verify = async (): Promise<void> => setVerdict(await session.request('audit.verify', {}))
  const save = async (): Promise<void> => saveFile('pairgate-audit.jsonl', await exportAudit(session, kind))
  return (
    <section class="stack">
      <div class="row">
        <Button isWaiting={isBusy} onPress={() => void run(verify)}>
          {say('audit.verify')}
        </Button>
        <Button isWaiting={isBusy} onPress={() => void run(save)}>
          {say('audit.export')}
        </Button>
      </div>
      <p class="quiet">{say('audit.export.text', { most: MOST_EXPORTED })}</p>
      <div role="status">{verdict && <VerdictNotice verdict={verdict} />}</div>
      {error !== undefined && <FailureNotice error={error} />}
    </section>
  )
}

function VerdictNotice({ verdict }: { readonly verdict: Verdict }) {
  const { say } = useConsole()
  if (!verdict.ok)
    return (
      <Notice tone="problem" title={say('audit.broken', { seq: verdict.seq })}>
        <p>{verdict.what}</p>
        <p>{verdict.advice}</p>
      </Notice>
    )
  const { events, from, to } = verdict
  return <Notice title={say('audit.whole')}>{say('audit.whole.text', { events, from, to })}</Notice>
}
