import { createPublicKey, type KeyObject, randomUUID, verify } from 'node:crypto'
import type { WebSocket } from 'ws'
import { listenBare } from './listen-bare.ts'

interface Connect {
  readonly id: string
  readonly params: {
    readonly client: { readonly id: string; readonly mode: string; readonly platform: string }
    readonly role: string
    readonly scopes: readonly string[]
    readonly auth: { readonly deviceToken: string }
    readonly device: {
      readonly id: string
      readonly publicKey: string
      readonly signature: string
      readonly signedAt: number
    }
  }
}

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')
const keys = new Map<string, KeyObject>()

// The baseline of connects: a challenge, one Ed25519 signature, an answer. No rule and no database.
listenBare((socket) => {
  const nonce = randomUUID()
  const payload = { nonce, ts: Date.now() }
  socket.send(JSON.stringify({ type: 'event', event: 'connect.challenge', payload }))
  socket.on('message', (data) => answer(socket, JSON.parse(String(data)) as Connect, nonce))
})

function answer(socket: WebSocket, { id, params }: Connect, nonce: string): void {
  const { client, role, scopes, auth, device } = params
  const common = ['v3', device.id, client.id, client.mode, role, scopes.join(',')]
  const text = [...common, device.signedAt, auth.deviceToken, nonce, client.platform, ''].join('|')
  const signature = Buffer.from(device.signature, 'base64url')
  const isRight = verify(null, Buffer.from(text), keyOf(device.publicKey), signature)
  socket.send(JSON.stringify({ type: 'res', id, ok: isRight, payload: { type: 'hello-ok' } }))
}

/** The gateway remembers keys too, so the baseline may not pay for reading them again. */
function keyOf(publicKey: string): KeyObject {
  const known = keys.get(publicKey)
  if (known) return known
  const der = Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'base64url')])
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
  keys.set(publicKey, key)
  return key
}
