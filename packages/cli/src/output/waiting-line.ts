const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 100
/** With the space behind it, and the last column, where some terminals wrap already. */
const FRAME_WIDTH = 3
const USUAL_WIDTH = 80
const CLEAR_LINE = '\r\u001b[2K'

/** A line that shows that something is still going on; on stderr, so that stdout stays for results. */
export interface WaitingLine {
  stop(): void
}

/** Moves only on a terminal, where the text is asked for each time; elsewhere it is written once. */
export function startWaitingLine(text: string | (() => string)): WaitingLine {
  const now = (): string => (typeof text === 'string' ? text : text())
  if (!process.stderr.isTTY) {
    process.stderr.write(`${now()}\n`)
    return { stop: () => undefined }
  }
  let frame = 0
  const draw = (): void => {
    // A line that wraps could not be cleared: each frame would push the page up.
    const room = Math.max(1, (process.stderr.columns || USUAL_WIDTH) - FRAME_WIDTH)
    process.stderr.write(`${CLEAR_LINE}${FRAMES[frame % FRAMES.length]} ${now().slice(0, room)}`)
    frame += 1
  }
  draw()
  const timer = setInterval(draw, FRAME_MS)
  return {
    stop() {
      clearInterval(timer)
      process.stderr.write(CLEAR_LINE)
    },
  }
}
