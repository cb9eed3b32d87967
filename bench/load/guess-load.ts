import { serveJobs } from '../machine/children.ts'
import { connectOnce, guessFrame, strangersAddress } from './connect-once.ts'
import { paced } from './paced.ts'

export interface GuessJob {
  readonly port: number
  readonly perSecond: number
  readonly ms: number
  /** Behind a proxy, in turn; none: all of them straight over the loopback. */
  readonly addresses: number
}

export interface GuessResult {
  readonly perSecond: number
  /** How often each answer came. */
  readonly answers: Readonly<Record<string, number>>
}

serveJobs<GuessJob, GuessResult>(async ({ port, addresses, ...pace }) => {
  const answers: Record<string, number> = {}
  const perSecond = await paced(pace, async (n) => {
    const from = addresses === 0 ? undefined : strangersAddress(n % addresses)
    const { code } = await connectOnce(port, guessFrame(n), from)
    answers[code] = (answers[code] ?? 0) + 1
  })
  return { perSecond, answers }
})
