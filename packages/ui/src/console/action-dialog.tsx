import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { useConsole } from './console-context.ts'
import { FailureNotice } from './failure-notice.tsx'

interface ActionDialogProps {
  readonly title: string
  /** What happens, in one word. */
  readonly action: string
  readonly isDangerous?: boolean
  readonly children: ComponentChildren
  readonly onDo: () => Promise<unknown>
  readonly onClose: () => void
  /** Text for doing nothing. */
  readonly leave?: string
  /** Called behind what was done; closes when left out. */
  readonly onDone?: () => void
}

/** Who waits longer than that is told why. */
const SLOW_MS = 1_500

/**
 * A question that says what will happen; it stays until it was done, and says why it was not. What is under way
 * cannot be taken back, so nothing closes it before the answer: that would look as if nothing had been done.
 */
export function ActionDialog(props: ActionDialogProps) {
  const { title, action, leave, isDangerous, children, onDo, onClose, onDone = onClose } = props
  const { say } = useConsole()
  const { isBusy, isSlow, error, run } = useAction(onDo, onDone)
  const close = (): void => {
    if (!isBusy) onClose()
  }
  return (
    <Dialog title={title} onClose={close}>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          run()
        }}
      >
        {children}
        {error !== undefined && <FailureNotice error={error} />}
        <p class="quiet" role="status">
          {isSlow && say('console.slow')}
        </p>
        <div class="row">
          <Button look={isDangerous ? 'danger' : 'main'} submits isWaiting={isBusy}>
            {action}
          </Button>
          <Button isWaiting={isBusy} onPress={close}>
            {leave ?? say('console.cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function useAction(work: () => Promise<unknown>, onDone: () => void) {
  const [isBusy, setBusy] = useState(false)
  const [isSlow, setSlow] = useState(false)
  const [error, setError] = useState<unknown>()
  // The state is only seen at the next drawing, and a second click may come before.
  const isRunning = useRef(false)
  const isThere = useRef(true)
  useEffect(
    () => () => {
      isThere.current = false
    },
    [],
  )
  async function act(): Promise<void> {
    isRunning.current = true
    setBusy(true)
    setError(undefined)
    const timer = setTimeout(() => setSlow(true), SLOW_MS)
    try {
      await work()
      if (isThere.current) onDone()
    } catch (failure) {
      if (!isThere.current) return
      setError(failure)
      setBusy(false)
    } finally {
      isRunning.current = false
      clearTimeout(timer)
      setSlow(false)
    }
  }
  return {
    isBusy,
    isSlow,
    error,
    run: () => {
      if (!isRunning.current) void act()
    },
  }
}
