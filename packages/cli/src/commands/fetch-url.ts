import { ClientError } from '@pairgate/client'
import { type Choice, chooseCredentials } from '../fetch/choose-credentials.ts'
import { explainAnswer } from '../fetch/explain-answer.ts'
import { readAddress } from '../fetch/read-address.ts'
import { type Asking, type RequestFlags, readRequest } from '../fetch/read-request.ts'
import { type AnswerFlags, writeAnswer } from '../fetch/write-answer.ts'
import { cleanText } from '../output/clean-text.ts'
import { explained } from '../target/gateway-link.ts'
import type { TargetFlags } from '../target/read-target-facts.ts'
import { DEFAULT_TIMEOUT_MS } from '../target/read-timeout.ts'
import { readRole } from './call-method.ts'

type PlaceFlags = Pick<TargetFlags, 'url' | 'tlsFingerprint'>

export interface FetchOptions extends RequestFlags, AnswerFlags, PlaceFlags {
  readonly accessToken?: boolean
  readonly appOrigin?: string
  readonly role: string
  /** Milliseconds. */
  readonly timeout?: number
}

/** Sends one request and prints what comes back. */
export async function fetchUrl(text: string, options: FetchOptions): Promise<void> {
  const address = readAddress(text)
  const asking = await readRequest(options)
  const timeoutMs = options.timeout ?? DEFAULT_TIMEOUT_MS
  const choice = await chooseCredentials(address, { ...options, role: readRole(options.role), timeoutMs })
  const stop = new AbortController()
  // How long a file of any length takes to be sent is for nobody to guess.
  const isEndless = asking.isUpload && options.timeout === undefined
  try {
    const response = await send(choice, asking, isEndless ? undefined : timeoutMs, stop)
    await writeAnswer(response, options)
    tellRedirect(response)
    if (response.status >= 400) throw explainAnswer(response, choice)
  } finally {
    // An answer may come before a body is through: nobody wants the rest, and standard input is let go.
    stop.abort()
  }
}

async function send(
  { fetch, url, place }: Choice,
  { init }: Asking,
  timeoutMs: number | undefined,
  stop: AbortController,
): Promise<Response> {
  const late = (): void => {
    const message = `gateway timeout after ${timeoutMs}ms`
    stop.abort(new ClientError('TIMEOUT', message, { details: { timeoutMs } }))
  }
  const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs)
  try {
    return await explained(place, () => fetch(url, { ...init, redirect: 'manual', signal: stop.signal }))
  } finally {
    clearTimeout(timer)
  }
}

function tellRedirect({ status, headers }: Response): void {
  const location = headers.get('location')
  if (status >= 300 && status < 400 && location !== null)
    process.stderr.write(
      `HTTP ${status}: it leads to ${cleanText(location, 1_000)}, which was not followed.\n`,
    )
}
