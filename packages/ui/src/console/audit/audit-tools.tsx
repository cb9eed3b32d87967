import type { MethodResult } from '@pairgate/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { useConsole } from '../console-context.ts'
import { FailureNotice } from '../failure-notice.tsx'
import type { AuditFilter } from './audit-filter.ts'
import { exportAudit, saveFile } from './export-audit.ts'

type Verdict = MethodResult<'audit.verify'>

/** Verifies the whole log, and hands out what is shown of it. */
export function AuditTools({ filter }: { readonly filter: AuditFilter }) {
  const { say, session } = useConsole()
  const [verdict, setVerdict] = useState<Verdict>()
  const [count, setCount] = useState<number>()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const stopper = useRef<AbortController>(undefined)
  useEffect(() => () => stopper.current?.abort(), [])

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
  async function save(): Promise<void> {
    const own = new AbortController()
    stopper.current = own
    setCount(0)
    try {
      const file = await exportAudit(session, { filter, onCount: setCount, signal: own.signal })
      if (file) saveFile('pairgate-audit.jsonl', file)
    } finally {
      setCount(undefined)
    }
  }
  return (
    <section class="stack">
      <div class="row">
        <Button isWaiting={isBusy} onPress={() => void run(verify)}>
          {say('audit.verify')}
        </Button>
        <Button isWaiting={isBusy} onPress={() => void run(save)}>
          {say('audit.export')}
        </Button>
        {count !== undefined && (
          <Button onPress={() => stopper.current?.abort()}>{say('audit.export.stop')}</Button>
        )}
      </div>
      <p class="quiet">
        {count === undefined ? say('audit.export.text') : say('audit.export.count', { count })}
      </p>
      <div role="status">{verdict && <VerdictNotice verdict={verdict} />}</div>
      {error !== undefined && <FailureNotice error={error} />}
    </section>
  )
}

function VerdictNotice({ verdict }: { readonly verdict: Verdict }) {
  const { say } = useConsole()
  if (!verdict.ok)
    return (
      <Notice tone="problem" title={say('audit.broken', { seq: String(verdict.seq) })}>
        <p>{verdict.what}</p>
        <p>{verdict.advice}</p>
      </Notice>
    )
  const { events: count, from, to } = verdict
  return (
    <Notice title={say('audit.whole')}>
      {say('audit.whole.text', { count, from: String(from), to: String(to) })}
    </Notice>
  )
}
