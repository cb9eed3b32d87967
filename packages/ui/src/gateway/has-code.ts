import { ClientError } from '@pairgate/client'

/** Whether the library or the gateway said so. */
export function hasCode(error: unknown, code: string): error is ClientError {
  return error instanceof ClientError && error.code === code
}
