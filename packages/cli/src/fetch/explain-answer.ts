import { EXIT } from '../exit-codes.ts'
import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'
import type { Choice } from './choose-credentials.ts'

/** A challenge of the gateway in `WWW-Authenticate` (RFC 9110 section 11.6.1), as far as it says something. */
interface Challenge {
  readonly error: string | undefined
  readonly scope: string | undefined
}

/** The failure of an answer whose status says that it is one; its body has been printed already. */
export function explainAnswer(response: Response, choice: Choice): CommandError {
  const { status, statusText } = response
  const { message, next } = explain(response, choice)
  const what = cleanText(`HTTP ${status} ${statusText}`.trimEnd())
  return new CommandError(message === undefined ? what : `${what}: ${message}`, {
    next,
    exitCode: EXIT.httpError,
    plainAlways: true,
  })
}

interface Explained {
  readonly message?: string
  readonly next: readonly string[]
}

function explain({ status, headers }: Response, choice: Choice): Explained {
  if (status === 503 && headers.has('retry-after')) return { next: ['Wait a little, then try again.'] }
  if (status !== 401 && status !== 403) return { next: [] }
  const challenge = readChallenge(headers.get('www-authenticate') ?? '')
  if (!challenge) {
    return {
      message: 'refused, but not for the token',
      next: ['The app behind the gateway answered so, or a rule of the gateway: its answer says which.'],
    }
  }
  return explainError(challenge, choice)
}

function explainError({ error, scope }: Challenge, choice: Choice): Explained {
  const { place, kind, url } = choice
  const connect = `openclaw connect --url ${place.target.url}`
  switch (error) {
    case 'invalid_token':
      return {
        message: 'the token of this machine is not taken (any more)',
        next: [
          ...(kind === 'access'
            ? [`It was made for ${url.origin}: is that the address that the gateway sees?`]
            : []),
          `It may have been revoked, replaced or run out. This fetches a new one, or asks for it: ${connect}`,
        ],
      }
    case 'invalid_dpop_proof':
      return {
        message: 'the proof by the key of this machine is not taken',
        next: [
          'Set the clock of this machine: a proof is good for a minute.',
          `Or a proxy in between gives the gateway another address than ${url.origin}.`,
        ],
      }
    case 'use_dpop_nonce':
      return { message: 'the gateway asked for a fresh proof', next: ['Run the same command again.'] }
    case 'insufficient_scope':
      return {
        message: `the token does not hold the scope ${scope ?? 'that is needed'}`,
        next: scopeAdvice(scope, kind, connect),
      }
    case undefined:
      return {
        message: 'no token arrived',
        next: ['A proxy in between takes the Authorization header away.'],
      }
    default:
      return { message: `refused (${error})`, next: [] }
  }
}

function scopeAdvice(scope: string | undefined, kind: Choice['kind'], connect: string): readonly string[] {
  if (scope === undefined) return []
  if (kind === 'access' && (scope === 'operator.admin' || scope === 'operator.pairing'))
    return [`An access token never holds ${scope}.`]
  return [`Ask an operator for it, beside the scopes that you have: ${connect} --scope <scopes…> ${scope}`]
}

/** @returns `undefined` when the gateway says nothing there: the refusal is somebody else's. */
function readChallenge(text: string): Challenge | undefined {
  if (!/\brealm="pairgate"/.test(text)) return undefined
  const read = (name: string): string | undefined => {
    const value = new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1]
    return value === undefined ? undefined : cleanText(value)
  }
  return { error: read('error'), scope: read('scope') }
}
