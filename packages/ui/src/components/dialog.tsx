import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { rememberPlace } from '../platform/keep-focus.ts'

interface DialogProps {
  readonly title: string
  readonly children: ComponentChildren
  /** Not asked while something is under way that cannot be taken back. */
  readonly onClose: () => void
}

/** A question in front of the page. The browser keeps the focus inside, and gives it back. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const shown = dialog.current
    const before = document.activeElement
    const goBack = before instanceof HTMLElement ? rememberPlace(before) : undefined
    shown?.showModal()
    return () => {
      shown?.close()
      if (before instanceof HTMLElement) before.focus()
      goBack?.()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <h2 id={id} tabIndex={-1} autofocus>
        {title}
      </h2>
      {children}
    </dialog>
  )
}
