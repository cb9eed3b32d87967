import type { Page, WebSocketRoute } from 'playwright-core'

export interface SlowGateway {
  /** Calls of a method that have reached the gateway. */
  count(method: string): number
  /** How long its answers take from now on. */
  slowBy(ms: number): void
  /** Replaces the payload of the answers to a method. */
  answer(method: string, payload: unknown): void
  /** Refuses every connect from now on, and ends the connection that there is. */
  refuse(code: string): void
}

/** Stands between the page and its gateway, once the page has been loaded anew. */
export async function slowGateway(page: Page): Promise<SlowGateway> {
  const calls = new Map<string, string>()
  const answers = new Map<string, unknown>()
  const open = new Set<WebSocketRoute>()
  let delay = 0
  let refusal: string | undefined
  await page.routeWebSocket(/./, (socket) => {
    const gateway = socket.connectToServer()
    open.add(socket)
    socket.onMessage((text) => {
      const { id, method } = JSON.parse(String(text))
      if (method) calls.set(id, method)
      gateway.send(text)
    })
    gateway.onMessage((text) => {
      const frame = JSON.parse(String(text))
      const call = frame.type === 'res' ? calls.get(frame.id) : undefined
      const payload = answers.get(call ?? '')
      const told = payload === undefined ? text : JSON.stringify({ ...frame, payload })
      if (call !== 'connect') setTimeout(() => socket.send(told), delay)
      else socket.send(refusal === undefined ? text : JSON.stringify(refused(frame.id, refusal)))
    })
  })
  return {
    count: (method) => [...calls.values()].filter((call) => call === method).length,
    slowBy(ms) {
      delay = ms
    },
    answer: (method, payload) => void answers.set(method, payload),
    refuse(code) {
      refusal = code
      for (const socket of open) void socket.close()
    },
  }
}

function refused(id: string, code: string): object {
  return { type: 'res', id, ok: false, error: { code: 'INVALID_REQUEST', message: 'no', details: { code } } }
}
