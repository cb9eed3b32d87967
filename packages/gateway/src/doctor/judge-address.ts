import { days, parseGatewayUrl, socketUrl, type TlsPin } from '@pairgate/protocol'
import { type Finding, orFine } from './finding.ts'
import { type AddressProbe, probeAddress, type ShownCertificate } from './probe-address.ts'

export interface AddressOptions {
  readonly nowMs: number
  /** Of the gateway's own certificate: links carry it, so that no authority has to vouch. */
  readonly own?: TlsPin | undefined
  /** What this machine has pinned; anything else is refused by its clients. */
  readonly pins?: readonly TlsPin[]
  readonly timeoutMs: number
}

const LATE_MS = 30_000
const TOO_LATE_MS = 120_000
const SOON_MS = days(7)

/** Whether a gateway answers at an address, what certificate it shows there, and what its clock says. */
export async function judgeAddress(said: string, options: AddressOptions): Promise<readonly Finding[]> {
  const address = parseGatewayUrl(said)
  const url = address ? socketUrl(address) : said
  const probe = await probeAddress(url, options.timeoutMs)
  const { certificate, dateMs } = probe
  return [
    reachOf(url, probe),
    ...(certificate ? judgeCertificate(url, certificate, options) : []),
    ...(dateMs === undefined ? [] : judgeClock(dateMs, options.nowMs, url)),
  ]
}

const REACH_ADVICE = {
  name: 'Correct the name, or its DNS: openclaw config set gateway.pairing.publicUrl <url>',
  port: 'Open the port on the way, or start the proxy that stands there.',
  answer: 'Lead the address to the gateway: GET /healthz has to answer there.',
} as const

const STEPS = {
  name: 'its name is not found',
  port: 'nobody listens there',
  answer: 'no gateway answers',
} as const

function reachOf(url: string, { failure }: AddressProbe): Finding {
  const check = 'address'
  if (!failure) return { check, level: 'ok', what: `${url} answers.` }
  const what = `${url}: ${STEPS[failure.step]} (${failure.why}).`
  return { check, level: 'fail', what, advice: REACH_ADVICE[failure.step] }
}

function judgeCertificate(
  url: string,
  shown: ShownCertificate,
  { nowMs, own, pins = [] }: AddressOptions,
): readonly Finding[] {
  const { fingerprint, keyFingerprint, notAfterMs } = shown
  const fits = (pin: TlsPin | undefined) => pin === fingerprint || pin === keyFingerprint
  if (pins.length > 0 && !pins.some(fits)) {
    const what = `${url} shows another certificate than the pinned one: ${fingerprint}. Somebody may be in between.`
    const advice = 'Compare on the host of the gateway: openclaw gateway status'
    return [{ check: 'tls', level: 'fail', what, advice }]
  }
  const isKnown = pins.some(fits) || fits(own)
  const found = [...judgeEnd(notAfterMs, nowMs, url), ...(isKnown ? [] : judgeTrust(url, shown))]
  const why = isKnown ? 'It is the one that is pinned' : 'An authority vouches for it'
  return orFine('tls', `${why}; good until ${dayOf(notAfterMs)} (${url}).`, found)
}

function judgeTrust(url: string, { misnamed, distrust, fingerprint }: ShownCertificate): readonly Finding[] {
  const check = 'tls'
  if (distrust !== undefined) {
    const what = `This machine does not trust the certificate of ${url} (${distrust}).`
    const advice = `If it is the gateway's own, name it with each command: --tls-fingerprint ${fingerprint}`
    return [{ check, level: 'warn', what, advice }]
  }
  if (misnamed === undefined) return []
  const advice = 'Use a certificate for that name, or call the gateway by a name that it has.'
  return [{ check, level: 'fail', what: `${url} shows a certificate with other names.`, advice }]
}

/** When a certificate runs out, and how soon that is. */
export function judgeEnd(notAfterMs: number, nowMs: number, whose: string): readonly Finding[] {
  const advice = 'Put a new one in its place; the gateway takes it at once.'
  if (notAfterMs <= nowMs)
    return [{ check: 'tls', level: 'fail', what: `The certificate of ${whose} has run out.`, advice }]
  if (notAfterMs - nowMs >= SOON_MS) return []
  return [
    {
      check: 'tls',
      level: 'warn',
      what: `The certificate of ${whose} runs out on ${dayOf(notAfterMs)}.`,
      advice,
    },
  ]
}

/** This clock against another one. */
export function judgeClock(otherMs: number, nowMs: number, whose: string): readonly Finding[] {
  const apart = Math.abs(otherMs - nowMs)
  if (apart < LATE_MS) return []
  const level = apart < TOO_LATE_MS ? 'warn' : 'fail'
  const what = `This clock is ${Math.round(apart / 1000)} s ${otherMs > nowMs ? 'behind' : 'ahead of'} that of ${whose}; signatures are good for two minutes.`
  return [
    { check: 'clock', level, what, advice: 'Let both machines set their clocks: timedatectl set-ntp true' },
  ]
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
