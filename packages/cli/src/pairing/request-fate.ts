import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'

/** What became of a request that is no longer open, as far as the gateway tells. */
export function requestFate({ shape }: CommandError): readonly string[] {
  const details = shape.type === 'gateway_request_error' ? shape.details : undefined
  if (typeof details !== 'object' || details === null || !('code' in details)) return []
  switch (details.code) {
    case 'REQUEST_EXPIRED':
      return ['It expired before anybody decided. The device may ask again.']
    case 'REQUEST_DECIDED':
      return ['It was decided before.']
    case 'REQUEST_SUPERSEDED': {
      const by = 'supersededBy' in details ? details.supersededBy : undefined
      if (typeof by === 'string') return [`A newer request took its place: ${cleanText(by)}`]
      return ['It had to make room: more requests came than there are places. The device may ask again.']
    }
    default:
      return []
  }
}

/** A change of a request; when the gateway does not know it, the failure says what became of it. */
export async function withFate<T>(change: Promise<T>): Promise<T> {
  try {
    return await change
  } catch (error) {
    if (!(error instanceof CommandError) || error.message !== 'unknown requestId') throw error
    const next = [...requestFate(error), 'Look at the open requests with: openclaw devices list']
    throw new CommandError(error.message, { next, shape: error.shape })
  }
}
