import assert from 'node:assert/strict'
import type { RawData } from 'ws'
import { WebSocket } from 'ws'
import { type Challenge, type ConnectOptions, connectParams } from './connect-params.ts'
import { within } from './within.ts'

export interface WireError {
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly retryable?: boolean
  readonly retryAfterMs?: number
}
export interface WireResponse {
  readonly type: 'res'
  readonly id: string
  readonly ok: boolean
  readonly payload?: unknown
  readonly error?: WireError
}
export interface WireEvent {
  readonly type: 'event'
  readonly event: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly seq?: number
}
export type WireFrame = WireResponse | WireEvent

export interface WireClose {
  readonly code: number
  readonly reason: string
}

/** What `hello-ok` says that tests look at. */
export interface Hello {
  readonly type: 'hello-ok'
  readonly protocol: number
  readonly server: { readonly version: string; readonly connId: string }
  readonly features: { readonly methods: readonly string[]; readonly events: readonly string[] }
  readonly auth: {
    readonly role: string
    readonly scopes: readonly string[]
    readonly deviceToken?: string
    readonly issuedAtMs?: number
    readonly deviceTokens?: readonly { readonly deviceToken: string }[]
    readonly method?: string
    readonly tokenScopes?: readonly string[]
    readonly session?: string
    readonly expiresAtMs?: number
    readonly unpaired?: { readonly stage: string; readonly endsAtMs: number; readonly requestId?: string }
  }
  readonly policy: Readonly<Record<string, number>>
}

/** A client that knows frames and nothing else, and keeps everything that was said, both ways. */
export interface WireClient {
  readonly socket: WebSocket
  /** Every frame of the gateway, in order. */
  readonly received: readonly WireFrame[]
  /** Everything that this client sent, in order. */
  readonly sent: readonly unknown[]
  readonly challenge: Promise<Challenge>
  /** Resolves when the connection is over. */
  readonly closed: Promise<WireClose>
  readonly isOpen: boolean
  /** Sends a value as JSON. */
  send(frame: unknown): void
  /** Sends these bytes: text as a text frame, a buffer as a binary one. */
  sendRaw(data: string | Buffer): void
  /** Sends a request and says under which id. */
  post(method: string, params?: unknown): string
  /** The response with this id; an error when the connection ends before it. */
  response(id: string): Promise<WireResponse>
  /** Sends a request and waits for its answer, yes or no. */
  request(method: string, params?: unknown): Promise<WireResponse>
  /** The payload of a request that must succeed. */
  call<T>(method: string, params?: unknown): Promise<T>
  /** The error of a request that must fail. */
  fail(method: string, params?: unknown): Promise<WireError>
  /** Waits for the challenge and sends a connect for it. */
  connect(options?: ConnectOptions): Promise<WireResponse>
  /** The same, for a connect that must succeed. */
  hello(options?: ConnectOptions): Promise<Hello>
  /** The next event of this name that no call before has given out. */
  nextEvent(name: string, fits?: (payload: WireEvent['payload']) => boolean): Promise<WireEvent>
  /** Every event of these names so far. */
  events(...names: string[]): readonly WireEvent[]
  /** Ends the connection and waits until it is over. */
  end(): Promise<WireClose>
}

export interface OpenOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly protocols?: readonly string[]
  readonly path?: string
  /** The certificate to trust (PEM). */
  readonly ca?: string
}

/** Opens a socket; `challenge` resolves when the gateway has spoken. */
export function openWireClient(url: string, options: OpenOptions = {}): WireClient {
  const { headers = {}, protocols = [], path = '', ca } = options
  return driveSocket(new WebSocket(url + path, [...protocols], { headers, ...(ca !== undefined && { ca }) }))
}

/** Puts a client on a socket that is opening. */
export function driveSocket(socket: WebSocket): WireClient {
  const received: WireFrame[] = []
  const sent: unknown[] = []
  const taken = new Set<WireFrame>()
  const watchers = new Set<() => void>()
  let over: WireClose | undefined
  let counter = 0

  const wake = () => {
    for (const watcher of [...watchers]) watcher()
  }
  const closed = new Promise<WireClose>((resolve, reject) => {
    socket.on('close', (code: number, reason: Buffer) => {
      over = { code, reason: reason.toString('utf8') }
      resolve(over)
      wake()
    })
    // After the upgrade every error is followed by `close`; before it there is only the error.
    socket.on('error', (error) => {
      if (socket.readyState !== WebSocket.OPEN && received.length === 0) reject(error)
    })
  })
  closed.catch(() => undefined)
  socket.on('message', (data: RawData) => {
    received.push(JSON.parse(String(data)) as WireFrame)
    wake()
  })

  /** Looks now and after every frame; fails when the connection ends or patience does. */
  function find<T>(look: () => T | undefined, what: string): Promise<T> {
    const found = new Promise<T>((resolve, reject) => {
      const watcher = () => {
        const value = look()
        if (value === undefined && !over) return
        watchers.delete(watcher)
        if (value !== undefined) resolve(value)
        else reject(new Error(`the connection ended (${over?.code} ${over?.reason}) before ${what}`))
      }
      watchers.add(watcher)
      watcher()
      closed.catch(reject)
    })
    found.catch(() => undefined)
    return within(found, () => `${what} (received: ${JSON.stringify(received).slice(-2_000)})`)
  }
  function events(...names: string[]): WireEvent[] {
    return received.filter((frame) => frame.type === 'event').filter(({ event }) => names.includes(event))
  }

  const challenge = find(() => events('connect.challenge')[0], 'the challenge').then(
    ({ payload }) => payload as unknown as Challenge,
  )
  challenge.catch(() => undefined)

  const client: WireClient = {
    socket,
    received,
    sent,
    challenge,
    closed,
    get isOpen() {
      return socket.readyState === WebSocket.OPEN
    },
    send(frame) {
      sent.push(frame)
      socket.send(JSON.stringify(frame))
    },
    sendRaw(data) {
      sent.push(data)
      socket.send(data, { binary: Buffer.isBuffer(data) })
    },
    post(method, params) {
      counter += 1
      const id = `r${counter}`
      client.send({ type: 'req', id, method, ...(params !== undefined && { params }) })
      return id
    },
    response: (id) =>
      find(
        () => received.filter((frame) => frame.type === 'res').find((frame) => frame.id === id),
        `the response ${id}`,
      ),
    request: (method, params) => client.response(client.post(method, params)),
    async call<T>(method: string, params?: unknown) {
      const response = await client.request(method, params)
      assert.ok(response.ok, `${method} was refused: ${JSON.stringify(response.error)}`)
      return response.payload as T
    },
    async fail(method, params) {
      const { ok, error, payload } = await client.request(method, params)
      assert.ok(!ok && error, `${method} was not refused: ${JSON.stringify(payload)}`)
      return error
    },
    async connect(options) {
      return client.request('connect', connectParams(await challenge, options))
    },
    async hello(options) {
      const response = await client.connect(options)
      assert.ok(response.ok, `connect was refused: ${JSON.stringify(response.error)}`)
      return response.payload as Hello
    },
    async nextEvent(name, fits = () => true) {
      const next = () => events(name).find((event) => !taken.has(event) && fits(event.payload))
      const event = await find(next, `the event ${name}`)
      taken.add(event)
      return event
    },
    events,
    async end() {
      socket.close()
      return client.closed
    },
  }
  return client
}

/** Waits for the end of the connection and compares how it came. */
export async function expectClose(client: WireClient, code: number, reason: string): Promise<void> {
  const close = await within(client.closed, () => `the close ${code}`)
  assert.deepEqual(close, { code, reason })
}
