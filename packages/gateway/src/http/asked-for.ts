import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { HttpAsk } from '@pairgate/core'
import { parseWebOrigin } from '@pairgate/protocol'
import { type HostName, parseHost } from './host-header.ts'
import { type HostRule, isAllowedHost } from './host-rule.ts'
import type { Peer } from './peer.ts'

/** The request in hand, or the one that a proxy asks about. Answers `undefined` when it cannot be said for sure: then nothing that depends on it holds. */
export type ReadAskedFor = (request: IncomingMessage, peer: Peer) => HttpAsk | undefined

/**
 * What is asked for. A proxy that asks on behalf of somebody says it in `X-Forwarded-Method`, `-Host` and
 * `-Uri`, or in `X-Original-Method` and `-URL`. It sets one of these and passes the other on as its client wrote
 * it, so where both are there they must say the same.
 */
export function createReadAskedFor(rules: { readonly hostRule: HostRule }): ReadAskedFor {
  return (request, peer) => {
    const asked = peer.proxied ? toldByProxy(request.headers, peer) : 'nothing'
    if (asked === 'unclear') return undefined
    const { method, scheme, host, target } = asked === 'nothing' ? ownRequest(request, peer) : asked
    const name = parseHost(host)
    if (!name || scheme === undefined || !isAllowedHost(name, rules.hostRule)) return undefined
    const origin = parseWebOrigin(originText(scheme, name))
    return origin && { method, origin, target }
  }
}

interface Told {
  readonly method: string
  readonly scheme: Peer['scheme']
  readonly host: string
  readonly target: string
}

const METHOD = /^[A-Z]{1,32}$/
/** A list has a space in it: then two programs have written the header. */
const TARGET = /^\/[^\s#]*$/
const URL_PARTS = /^(https?):\/\/([^/?#\s]+)(\/[^\s#]*)$/

function ownRequest({ method = '', url = '' }: IncomingMessage, { scheme, host = '' }: Peer): Told {
  return { method, scheme, host, target: url }
}

function toldByProxy(headers: IncomingHttpHeaders, peer: Peer): Told | 'nothing' | 'unclear' {
  const forwarded = forwardedRequest(headers, peer)
  const original = originalRequest(headers)
  if (forwarded === 'nothing') return original
  if (original === 'nothing' || forwarded === 'unclear') return forwarded
  return isSame(forwarded, original) ? forwarded : 'unclear'
}

function forwardedRequest(headers: IncomingHttpHeaders, { scheme }: Peer): Told | 'nothing' | 'unclear' {
  const [method, target] = [textOf(headers['x-forwarded-method']), textOf(headers['x-forwarded-uri'])]
  if (method === '' && target === '') return 'nothing'
  if (!METHOD.test(method) || !TARGET.test(target)) return 'unclear'
  return { method, scheme, host: textOf(headers['x-forwarded-host']), target }
}

function originalRequest(headers: IncomingHttpHeaders): Told | 'nothing' | 'unclear' {
  const [method, url] = [textOf(headers['x-original-method']), textOf(headers['x-original-url'])]
  if (method === '' && url === '') return 'nothing'
  const [, scheme, host = '', target = ''] = URL_PARTS.exec(url) ?? []
  if (!METHOD.test(method) || target === '') return 'unclear'
  return { method, scheme: scheme === 'https' ? 'https' : 'http', host, target }
}

function isSame(one: Told, other: Told | 'unclear'): boolean {
  return other !== 'unclear' && JSON.stringify(one) === JSON.stringify(other)
}

function textOf(header: string | string[] | undefined): string {
  return header === undefined ? '' : String(header)
}

/** What a request asks for by itself, whoever passed it on. */
export function askedByItself(request: IncomingMessage, { scheme, host = '' }: Peer): HttpAsk | undefined {
  const name = parseHost(host)
  const origin = name && scheme && parseWebOrigin(originText(scheme, name))
  return origin && { method: request.method ?? '', origin, target: request.url ?? '' }
}

function originText(scheme: 'http' | 'https', { name, port }: HostName): string {
  const host = name.includes(':') ? `[${name}]` : name
  const isDefault = port === undefined || port === (scheme === 'https' ? 443 : 80)
  return `${scheme}://${host}${isDefault ? '' : `:${port}`}`
}
