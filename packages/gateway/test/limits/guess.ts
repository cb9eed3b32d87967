import assert from 'node:assert/strict'
import type { ConnectOptions } from '../harness/connect-params.ts'
import type { GatewayOfTest } from '../harness/gateway-of-test.ts'
import type { OpenOptions, WireError } from '../harness/wire-client.ts'
import { within } from '../harness/within.ts'

export const TOKEN = 'the-shared-token'
export const PASSWORD = 'the-shared-password'

/** Where a connect comes from: through the proxy of the test, with these hops, or straight over the loopback. */
export function from(...hops: readonly string[]): OpenOptions {
  return { headers: { 'x-forwarded-for': hops.join(', ') } }
}

/** One connect, to its end. @returns its error, or `undefined` when it was let in. */
export async function attempt(
  gateway: GatewayOfTest,
  options: ConnectOptions,
  open?: OpenOptions,
): Promise<WireError | undefined> {
  const client = gateway.open(open)
  const { ok, error } = await client.connect(options)
  if (ok) await client.end()
  const close = await within(client.closed, () => 'the close')
  if (!ok) assert.equal(close.code, error?.code === 'UNAVAILABLE' ? 1013 : 1008)
  return error
}

/** What a connect came to: `ok`, or the code in the details of its refusal. */
export async function outcome(
  gateway: GatewayOfTest,
  options: ConnectOptions,
  open?: OpenOptions,
): Promise<string> {
  const error = await attempt(gateway, options, open)
  return error ? String(error.details?.['code']) : 'ok'
}

/** Runs jobs side by side, few enough for the sockets that one peer may hold. */
export async function sideBySide<T>(jobs: readonly (() => Promise<T>)[], width = 16): Promise<readonly T[]> {
  const results: T[] = []
  const waiting = jobs.entries()
  const worker = async () => {
    for (const [at, job] of waiting) results[at] = await job()
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}

/** The outcomes of as many tries at once, counted. */
export async function guess(
  gateway: GatewayOfTest,
  tries: number,
  { open, options }: { readonly open?: OpenOptions; readonly options?: (n: number) => ConnectOptions } = {},
): Promise<Readonly<Record<string, number>>> {
  const wrong = (n: number): ConnectOptions => ({ auth: { token: `wrong-${n}` } })
  const jobs = Array.from({ length: tries }, (_, n) => () => outcome(gateway, (options ?? wrong)(n), open))
  const counts: Record<string, number> = {}
  for (const one of await sideBySide(jobs)) counts[one] = (counts[one] ?? 0) + 1
  return counts
}
