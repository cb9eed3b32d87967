import type { SetupCodeResult } from '@pairgate/protocol/wire'
import type { Hello, WireResponse } from '../harness/wire-client.ts'
import type { Names } from './names.ts'

/**
 * What an answer comes to: `hello 4 [read] T1`, `ok`, or the codes of its error, with the text where no
 * code says more. `recorded` only lends its names.
 */
export function tellOutcome(response: WireResponse | undefined, names: Names, recorded: string): string {
  if (!response) return 'none'
  if (response.ok) return tellSuccess(response.payload, names, recorded)
  const { code, message, details = {} } = response.error ?? { code: '', message: '' }
  if (details['code'] === undefined) return `${code} ${JSON.stringify(message)}`
  if (details['code'] !== 'PAIRING_REQUIRED') return `${code} ${details['code']}`
  const request = names.tellRequest(String(details['requestId']), recorded)
  return `${code} ${details['code']} ${details['reason']} ${request}`
}

function tellSuccess(payload: unknown, names: Names, recorded: string): string {
  const result = Object(payload) as Readonly<Record<string, unknown>>
  if (result['type'] === 'hello-ok') return tellHello(payload as Hello, names, recorded)
  if ('setupCode' in result) return tellSetup(payload as SetupCodeResult, names, recorded)
  if ('completion' in result) return 'ok completed'
  const secret = result['token'] ?? result['deviceToken']
  const words = ['ok']
  if (typeof secret === 'string') words.push(names.tellToken(secret, recorded))
  if (typeof result['requestId'] === 'string' && /\bR\d+\b/.test(recorded))
    words.push(names.tellRequest(result['requestId'], recorded))
  if (typeof result['status'] === 'string' && 'requestId' in result) words.push(result['status'])
  return words.join(' ')
}

function tellHello(hello: Hello, names: Names, recorded: string): string {
  const words = [`hello ${hello.protocol}`]
  // Protocol 3 says nothing of a session without a device.
  const auth: Hello['auth'] | undefined = hello.auth
  if (auth) words.push(`[${auth.scopes.map(shortScope).sort().join(' ')}]`)
  if (auth?.deviceToken) words.push(names.tellToken(auth.deviceToken, recorded))
  for (const { deviceToken } of auth?.deviceTokens ?? []) words.push(names.tellToken(deviceToken, recorded))
  return words.join(' ')
}

function tellSetup(setup: SetupCodeResult, names: Names, recorded: string): string {
  const { access, accessDowngraded, joinUrl, qrDataUrl, auth, urlSource } = setup
  const words = ['ok', names.tellSetup(setup, recorded), access, auth, urlSource]
  if (accessDowngraded) words.push('downgraded')
  if (joinUrl) words.push('join')
  if (qrDataUrl?.startsWith('data:image/png;base64,')) words.push('qr')
  return words.join(' ')
}

function shortScope(scope: string): string {
  return scope.startsWith('operator.') ? scope.slice('operator.'.length) : `=${scope}`
}

/** Several answers in no order: `ok *15, none`. */
export function tellTogether(outcomes: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  return [...counts]
    .map(([outcome, count]) => (count === 1 ? outcome : `${outcome} *${count}`))
    .sort()
    .join(', ')
}
