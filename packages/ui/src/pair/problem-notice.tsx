import { Notice } from '../components/notice.tsx'
import type { Problem } from './problem.ts'
import type { Say } from './texts/catalogue.ts'

interface ProblemNoticeProps {
  readonly problem: Problem
  readonly say: Say
}

/** What went wrong and what to do, said at once to who cannot see it. */
export function ProblemNotice({ problem: { kind, detail = '' }, say }: ProblemNoticeProps) {
  return (
    <div id="problem" role="alert">
      <Notice tone="problem" title={say(`problem.${kind}.title`)}>
        <span class="foreign">{say(`problem.${kind}.text`, { detail, host: location.host })}</span>
      </Notice>
    </div>
  )
}
