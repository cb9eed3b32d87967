import { lookup } from 'node:dns/promises'
import { request as openPlain, type RequestOptions } from 'node:http'
import { request as openSecure } from 'node:https'
import { checkServerIdentity, TLSSocket } from 'node:tls'
import { keyPinOf } from '../tls/tls-material.ts'

/** What somebody finds who calls an address. */
export interface AddressProbe {
  /** Where it stopped, as the system says it; `undefined` when a gateway answered. */
  readonly failure: { readonly step: 'name' | 'port' | 'answer'; readonly why: string } | undefined
  readonly certificate: ShownCertificate | undefined
  /** What its clock says, to the second. */
  readonly dateMs: number | undefined
}

export interface ShownCertificate {
  readonly fingerprint: string
  readonly keyFingerprint: string
  readonly notAfterMs: number
  /** Why this machine would not trust it, by itself. */
  readonly distrust: string | undefined
  /** Why it is not one for this name. */
  readonly misnamed: string | undefined
}

/** Calls `/healthz` of a gateway as a stranger would; nothing secret is sent, whoever answers. */
export async function probeAddress(url: string, timeoutMs: number): Promise<AddressProbe> {
  const { hostname } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  try {
    await withinTime(lookup(host), timeoutMs)
  } catch (error) {
    return { failure: { step: 'name', why: codeOf(error) }, certificate: undefined, dateMs: undefined }
  }
  return ask(url, host, timeoutMs)
}

function ask(url: string, host: string, timeoutMs: number): Promise<AddressProbe> {
  const { promise, resolve } = Promise.withResolvers<AddressProbe>()
  let certificate: ShownCertificate | undefined
  let isOpen = false
  const target = new URL(`${url.replace(/^ws/, 'http').replace(/\/$/, '')}/healthz`)
  // What is shown is looked at, not trusted.
  const options: RequestOptions & { rejectUnauthorized: boolean } = {
    agent: false,
    rejectUnauthorized: false,
    signal: AbortSignal.timeout(timeoutMs),
  }
  const end = (step: 'port' | 'answer', why: string) =>
    resolve({ failure: { step, why }, certificate, dateMs: undefined })
  const sent = (target.protocol === 'https:' ? openSecure : openPlain)(target, options, (answer) => {
    const dateMs = Date.parse(answer.headers.date ?? '')
    let body = ''
    answer.setEncoding('utf8').on('data', (piece: string) => {
      body = `${body}${piece}`.slice(0, LONGEST_ANSWER)
    })
    answer.on('end', () => {
      if (!/"ok":true,"status":"live"/.test(body)) return end('answer', `HTTP ${answer.statusCode}`)
      resolve({ failure: undefined, certificate, dateMs: Number.isNaN(dateMs) ? undefined : dateMs })
    })
  })
  sent.on('socket', (socket) => {
    socket.once('connect', () => {
      isOpen = true
    })
    socket.once('secureConnect', () => {
      if (socket instanceof TLSSocket) certificate = shownBy(socket, host)
    })
  })
  sent.on('error', (error) => end(isOpen ? 'answer' : 'port', codeOf(error)))
  sent.end()
  return promise
}

const LONGEST_ANSWER = 4_096

function shownBy(socket: TLSSocket, host: string): ShownCertificate | undefined {
  const shown = socket.getPeerX509Certificate()
  if (!shown) return undefined
  return {
    fingerprint: shown.fingerprint256.replaceAll(':', '').toLowerCase(),
    keyFingerprint: keyPinOf(shown.publicKey),
    notAfterMs: shown.validToDate.getTime(),
    distrust: socket.authorized ? undefined : String(socket.authorizationError),
    misnamed: checkServerIdentity(host, socket.getPeerCertificate())?.message,
  }
}

async function withinTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('no answer in time')), timeoutMs)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time'
  return 'code' in error ? String(error.code) : error.message
}
