import { hash, type X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { TlsPin } from '@pairgate/protocol'

/** Another certificate than the pinned one was shown; nothing was sent. */
export class PinnedCertificateError extends Error {
  /** SHA-256 of what was shown. */
  readonly shown: TlsPin

  constructor(shown: TlsPin) {
    super('another certificate than the pinned one')
    this.name = 'PinnedCertificateError'
    this.shown = shown
  }
}

export interface PinnedConnect {
  readonly url: string
  readonly pin: TlsPin
  /** Told the fingerprint of the public key once the pin has fitted. */
  readonly onKey: ((keyPin: TlsPin) => void) | undefined
}

/** A `TLSSocket`, without its name: the packed declarations need no types of Node.js. */
export interface PinnedSocket {
  destroy(reason?: Error): unknown
}

/**
 * Opens a TLS connection and hands it over only when the other side has proved that it holds the pinned
 * certificate, or a certificate with the pinned key. No authority is asked, and neither name nor time count:
 * the pin says more. Who gets no socket has sent nothing.
 */
export function connectPinned(
  { url, pin, onKey }: PinnedConnect,
  done: (error: Error | null, socket?: PinnedSocket) => void,
): PinnedSocket {
  const { hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const socket = connect({
    host,
    port: Number(port || 443),
    ...(isIP(host) === 0 && { servername: host }),
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    rejectUnauthorized: false,
  })
  socket.once('error', done)
  socket.once('secureConnect', () => {
    socket.off('error', done)
    const certificate = socket.getPeerX509Certificate()
    if (!certificate) return give(new Error('no certificate was shown'))
    const shown = pinsOf(certificate)
    if (shown.certificate !== pin && shown.key !== pin)
      return give(new PinnedCertificateError(shown.certificate))
    onKey?.(shown.key)
    done(null, socket)
  })
  function give(error: Error): void {
    socket.destroy()
    done(error)
  }
  return socket
}

function pinsOf({ raw, publicKey }: X509Certificate): { readonly certificate: TlsPin; readonly key: TlsPin } {
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  return { certificate: hash('sha256', raw, 'hex') as TlsPin, key: hash('sha256', spki, 'hex') as TlsPin }
}
