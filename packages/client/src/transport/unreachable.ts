import { ClientError } from '../client-error.ts'

/** The error of an address at which nothing answered; browsers do not say why. */
export function unreachable(name: string, cause?: Error & { readonly code?: string }): ClientError {
  const why = cause && (cause.code ?? cause.message)
  const message = `Gateway not reachable at ${name}${why === undefined ? '' : ` (${why})`}.`
  const details = { gateway: name, ...(why !== undefined && { cause: why }) }
  return new ClientError('UNREACHABLE', message, { details, cause })
}
