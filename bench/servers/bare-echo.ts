import { listenBare } from './listen-bare.ts'

// The baseline of requests: parses a frame and answers it in the same envelope. Nobody is asked who it is.
listenBare((socket) => {
  socket.on('message', (data) => {
    const { id } = JSON.parse(String(data)) as { readonly id: string }
    const payload = { ok: true, ts: Date.now(), durationMs: 0 }
    socket.send(JSON.stringify({ type: 'res', id, ok: true, payload }))
  })
})
