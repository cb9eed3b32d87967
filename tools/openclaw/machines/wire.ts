import { createHash, generateKeyPairSync, sign } from 'node:crypto'

/** Where a gateway is asked beside the command that is tried. */
export interface Door {
  readonly url: string
  readonly secret: string
}

/** A key that can ask; nothing of the product's own code is used. */
export interface Key {
  readonly id: string
  readonly publicKey: string
  sign(text: string): string
}

export interface Ask {
  readonly key: Key
  readonly role: 'operator' | 'node'
  readonly scopes: readonly string[]
  /** Instead of the shared secret. */
  readonly auth?: object
}

export type Payload = Readonly<Record<string, unknown>>

export type Answer =
  | { readonly ok: true; readonly payload: Payload }
  | { readonly ok: false; readonly error: { readonly message: string; readonly details?: Payload } }

const LIMIT_MS = 15_000

export function createKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  return {
    id: createHash('sha256').update(raw).digest('hex'),
    publicKey: raw.toString('base64url'),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
  }
}

/** One call with the shared secret and no device, as the owner of the machine. */
export async function callAsOwner(door: Door, method: string, params: object = {}): Promise<Answer> {
  const scopes = ['operator.admin', 'operator.pairing', 'operator.read']
  const connect = () => ({ ...clientOf('operator'), scopes, auth: { token: door.secret } })
  const answers = await talk(door.url, connect, { method, params })
  return answers.at(-1) as Answer
}

/** A device's signed connect, and what it is answered. */
export async function askAsDevice({ url, secret }: Door, ask: Ask): Promise<Answer> {
  const auth = ask.auth ?? { token: secret }
  const [answer] = await talk(url, ({ nonce, ts }) => {
    const client = clientOf(ask.role)
    const { id, mode, platform } = client.client
    const { key, role, scopes } = ask
    const shown = Object.values(auth)[0]
    const text = ['v3', key.id, id, mode, role, scopes.join(','), ts, shown, nonce, platform, ''].join('|')
    const device = { id: key.id, publicKey: key.publicKey, signature: key.sign(text), signedAt: ts, nonce }
    return { ...client, scopes, auth, device }
  })
  return answer as Answer
}

interface Challenge {
  readonly nonce: string
  readonly ts: number
}

function clientOf(role: 'operator' | 'node') {
  const kind = role === 'node' ? { id: 'node-host', mode: 'node' } : { id: 'cli', mode: 'cli' }
  return {
    minProtocol: 4,
    maxProtocol: 4,
    role,
    caps: [],
    client: { ...kind, version: '1.0.0', platform: 'linux' },
  }
}

/** Connects, calls one method if there is one, and hangs up; resolves with the answers. */
function talk(
  url: string,
  connect: (challenge: Challenge) => object,
  call?: { readonly method: string; readonly params: object },
): Promise<readonly Answer[]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url)
    const answers: Answer[] = []
    const limit = setTimeout(() => socket.close(), LIMIT_MS)
    const send = (id: string, method: string, params: object) =>
      socket.send(JSON.stringify({ type: 'req', id, method, params }))
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(String(data))
      if (frame.event === 'connect.challenge') send('1', 'connect', connect(frame.payload))
      if (frame.type !== 'res') return
      answers.push(frame)
      if (call && answers.length === 1 && frame.ok) send('2', call.method, call.params)
      else socket.close()
    }
    socket.onerror = () => reject(new Error('the gateway cannot be reached'))
    socket.onclose = () => {
      clearTimeout(limit)
      if (answers.length > 0) resolve(answers)
      else reject(new Error('the gateway hung up'))
    }
  })
}
