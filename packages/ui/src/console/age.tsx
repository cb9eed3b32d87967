import { useEffect, useState } from 'preact/hooks'
import { formatAge } from '../texts/format.ts'
import { useConsole } from './console-context.ts'

interface AgeProps {
  /** By the gateway's clock. */
  readonly at: number
  /** How it is said; as it is when left out. */
  readonly say?: (when: string) => string
}

const STEP_MS = 5_000
/** One clock for all of them: a list may show thousands. */
const waiting = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** How long ago something was, or how soon it will be; it goes on while the page stays open. */
export function Age({ at, say = (when) => when }: AgeProps) {
  const { gatewayNow, language } = useConsole()
  const [, setText] = useState('')
  const text = formatAge(at, gatewayNow(), language)
  // A text that is the same draws nothing anew.
  useEffect(() => everyStep(() => setText(formatAge(at, gatewayNow(), language))), [at, gatewayNow, language])
  return <>{say(text)}</>
}

function everyStep(look: () => void): () => void {
  waiting.add(look)
  timer ??= setInterval(() => {
    for (const each of waiting) each()
  }, STEP_MS)
  return () => {
    waiting.delete(look)
    if (waiting.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}
