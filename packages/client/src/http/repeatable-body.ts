/** As much of a body as is kept for a second try; of a longer one there is none. */
const MOST_KEPT_BYTES = 1_048_576

export type Bytes = Uint8Array<ArrayBuffer>

/** A stream that can be sent a second time, as long as not too much of it has gone. */
export interface RepeatableBody {
  /** The whole body from its beginning; `undefined` when that is no longer there. */
  open(): ReadableStream<Bytes> | undefined
  /** It is not asked for again: nothing more is kept, and an end of the sending ends the source. */
  settle(): void
  /** What the source failed with, which is not the fault of the other side. */
  readonly failure: { readonly error: unknown } | undefined
}

/** @param signal ends the sending as well, which not every `fetch` sees to once there is an answer. */
export function createRepeatableBody(
  source: ReadableStream<Bytes>,
  signal?: AbortSignal | null,
): RepeatableBody {
  const reader = source.getReader()
  signal?.addEventListener('abort', () => void reader.cancel(signal.reason).catch(() => undefined), {
    once: true,
  })
  const chunks: Bytes[] = []
  let [gone, size] = [0, 0]
  let reading: Promise<void> | undefined
  let [isOver, isSettled, isCancelled] = [false, false, false]
  let failure: { readonly error: unknown } | undefined

  async function readOn(): Promise<void> {
    try {
      const { done, value } = await reader.read()
      if (done) isOver = true
      else chunks.push(value)
    } catch (error) {
      failure = { error }
      throw error
    }
  }
  function forget(): void {
    gone += chunks.length
    chunks.length = 0
  }

  function open(): ReadableStream<Bytes> | undefined {
    if (gone > 0) return undefined
    let at = 0
    return new ReadableStream<Bytes>(
      {
        async pull(controller) {
          // A read that an earlier try has left behind is waited for, so that no piece is lost.
          if (at === gone + chunks.length && !isOver) {
            reading ??= readOn().finally(() => {
              reading = undefined
            })
            await reading
          }
          // What was cut off must not look like the end.
          signal?.throwIfAborted()
          const chunk = chunks[at - gone]
          if (!chunk) return controller.close()
          at += 1
          size += chunk.length
          if (isSettled || size > MOST_KEPT_BYTES) forget()
          controller.enqueue(chunk)
        },
        async cancel() {
          isCancelled = true
          if (isSettled) await reader.cancel()
        },
      },
      { highWaterMark: 0 },
    )
  }

  return {
    open,
    settle() {
      isSettled = true
      if (isCancelled) void reader.cancel().catch(() => undefined)
    },
    get failure() {
      return failure
    },
  }
}
