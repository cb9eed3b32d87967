/** The gateway that this page came from, and no other: nothing in an address chooses one (T01). */
export interface GatewayPlace {
  /** Where its WebSocket is opened. */
  readonly url: string
  /** Under which the library keeps its tokens. */
  readonly origin: string
  /** As people read it. */
  readonly host: string
}

/** Every page lies directly below `/__pairgate__/`; a proxy in front may have put a path before that. */
export function gatewayPlaceOf({ href }: { readonly href: string }): GatewayPlace {
  const url = new URL('..', href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return { url: url.href, origin: url.origin, host: url.host }
}
