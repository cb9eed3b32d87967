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

/** A question that says what will happen; it stays until it was done, and says why it was not. */
export function ActionDialog(props: ActionDialogProps) {
  const { title, action, leave, isDangerous, children, onDo, onClose, onDone = onClose } = props
  const { say } = useConsole()
  const { isBusy, error, run } = useAction(onDo, onDone)
  return (
    <Dialog title={title} onClose={onClose}>
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
        <div class="row">
          <Button look={isDangerous ? 'danger' : 'main'} submits isWaiting={isBusy}>
            {action}
          </Button>
          <Button onPress={onClose}>{leave ?? say('console.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  )
}

function useAction(work: () => Promise<unknown>, onDone: () => void) {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const isThere = useRef(true)
  useEffect(
    () => () => {
      isThere.current = false
    },
    [],
  )
  async function act(): Promise<void> {
    setBusy(true)
    setError(undefined)
    try {
      await work()
      if (isThere.current) onDone()
    } catch (failure) {
      if (!isThere.current) return
      setError(failure)
      setBusy(false)
    }
  }
  return {
    isBusy,
    error,
    run: () => {
      if (!isBusy) void act()
    },
  }
}
