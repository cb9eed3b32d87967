import { useEffect, useState } from 'preact/hooks'
import { systemNow } from '../platform/clock.ts'

interface CountdownProps {
  /** By this clock. */
  readonly endsAt: number
  readonly onEnd?: (() => void) | undefined
  /** How the time is said; as it is when left out. */
  readonly say?: (time: string) => string
}

/** `4:59`. Screen readers are not told each second. */
export function Countdown({ endsAt, onEnd, say = (time) => time }: CountdownProps) {
  const left = useTimeLeft(endsAt, onEnd)
  return (
    <span class="countdown" role="timer" aria-live="off">
      {say(formatTime(left))}
    </span>
  )
}

function useTimeLeft(endsAt: number, onEnd: (() => void) | undefined): number {
  const [now, setNow] = useState(systemNow)
  useEffect(() => {
    const look = (): void => {
      const at = systemNow()
      setNow(at)
      if (at < endsAt) return
      clearInterval(timer)
      onEnd?.()
    }
    const timer = setInterval(look, 1_000)
    return () => clearInterval(timer)
  }, [endsAt, onEnd])
  return Math.max(0, endsAt - now)
}

function formatTime(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
