import { type InvitationSecret, parseInvitationSecret } from '@pairgate/protocol'

/** What the address of the page said. */
export interface Address {
  /** Something stood in the fragment, good or not. */
  readonly wasLink: boolean
  readonly secret: InvitationSecret | undefined
}

/**
 * Takes the secret out of the address bar, and with it out of the history and of whatever reads the address
 * later. It must run before anything else of the page does.
 */
export function takeAddress(): Address {
  const { hash, pathname, search } = location
  if (hash === '') return { wasLink: false, secret: undefined }
  history.replaceState(null, '', pathname + search)
  // A link may carry a TLS pin too, which a page has no use for.
  const [text = ''] = hash.slice(1).split('&')
  return { wasLink: true, secret: parseInvitationSecret(text) }
}
