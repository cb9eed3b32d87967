import type { ConnectOptions, DraftConnect, SignedFields } from '../harness/connect-params.ts'
import type { OpenOptions } from '../harness/wire-client.ts'
import type { Names } from './names.ts'

/** A connect of a scenario: `cli/cli device=D1 from=remote scopes=read,write token=$T1`. */
export interface ConnectWords {
  readonly open: OpenOptions & { readonly remote: boolean }
  readonly options: (ts: number) => ConnectOptions
}

const KNOWN =
  /^(?:device|from|protocol|platform|family|build|role|scopes|extra|skew|form|origin|cap|sign\..*|send\..*)$/

/** @param own the gateway's own origin. */
export function readConnectWords(text: string, names: Names, own: string): ConnectWords {
  const [client = '', ...pairs] = text.match(/(?:[^\s"]|"(?:[^"\\]|\\.)*")+/g) ?? []
  const words = new Map(pairs.map((pair) => readPair(names.fill(pair))))
  const [id, mode] = client.split('/')
  const auth = Object.fromEntries([...words].filter(([key]) => !KNOWN.test(key)))
  const [min, max] = (words.get('protocol') ?? '4..4').split('..').map(Number)
  const device = words.get('device')
  const role = words.get('role') ?? 'operator'
  const skew = Number(words.get('skew') ?? 0)

  return {
    open: { remote: words.get('from') === 'remote', headers: headersOf(words, own) },
    options: (ts) => ({
      minProtocol: min ?? 4,
      maxProtocol: max ?? 4,
      client: {
        id,
        mode,
        ...present({
          platform: words.get('platform'),
          deviceFamily: words.get('family'),
          buildId: words.get('build'),
        }),
      },
      ...(device !== undefined && { device: names.device(device), signedAt: ts + skew }),
      ...(role !== 'omitted' && { role }),
      ...(words.get('scopes') !== 'omitted' && { scopes: readScopes(words.get('scopes')) }),
      ...(Object.keys(auth).length > 0 && { auth }),
      signed: Object.fromEntries(under(words, 'sign')) as Partial<SignedFields>,
      tamper: (draft) => tamper(draft, words, names),
    }),
  }
}

/** `read,=odd`: names of operator scopes, or with `=` any word. */
export function readScopes(text = '-'): readonly string[] {
  if (text === '-' || text === '') return []
  return text.split(/[ ,]/).map((word) => (word.startsWith('=') ? word.slice(1) : `operator.${word}`))
}

function readPair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=')
  const value = pair.slice(at + 1)
  return [pair.slice(0, at), value.startsWith('"') ? JSON.parse(value) : value]
}

function headersOf(words: ReadonlyMap<string, string>, own: string): Readonly<Record<string, string>> {
  const origin = words.get('origin')
  const cap = words.get('cap')
  return present({
    'x-forwarded-for': words.has('from') ? '203.0.113.7' : undefined,
    origin: origin === 'own' ? own : origin,
    'x-openclaw-scopes': cap === undefined ? undefined : readScopes(cap).join(','),
  })
}

function tamper(draft: DraftConnect, words: ReadonlyMap<string, string>, names: Names): void {
  Object.assign(draft, JSON.parse(words.get('extra') ?? '{}'))
  const claim = draft.device
  const device = words.get('device')
  if (!claim || device === undefined) return
  const form = words.get('form')
  if (form === 'pem') claim['publicKey'] = names.device(device).publicKeyPem
  if (form === 'base64') {
    for (const key of ['publicKey', 'signature']) {
      claim[key] = Buffer.from(String(claim[key]), 'base64url').toString('base64')
    }
  }
  for (const [key, value] of under(words, 'send')) {
    if (value === 'omitted') delete claim[key]
    else claim[key] = value
  }
}

function under(words: ReadonlyMap<string, string>, prefix: string): readonly (readonly [string, string])[] {
  return [...words]
    .filter(([key]) => key.startsWith(`${prefix}.`))
    .map(([key, value]) => [key.slice(prefix.length + 1), value] as const)
}

function present(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
