import { readAppVisit } from '@pairgate/client'

/**
 * Name of the app that the browser comes from. Anybody can write it into the address of this page, so it is
 * shown and nothing else.
 */
export function appHost(): string | undefined {
  const visit = readAppVisit(location.href)
  const url = visit && URL.parse(visit.return)
  return url && /^https?:$/.test(url.protocol) ? url.host : undefined
}
