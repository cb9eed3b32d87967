import type { ComponentChildren } from 'preact'

interface ButtonProps {
  readonly children: ComponentChildren
  /** `danger` ends something that works. */
  readonly look?: 'main' | 'plain' | 'danger'
  /** Submits the form that it stands in. */
  readonly submits?: boolean
  /** It stays where it is and can be reached, so that nobody loses the place. */
  readonly isWaiting?: boolean
  readonly onPress?: () => void
}

export function Button({ children, look, submits = false, isWaiting = false, onPress }: ButtonProps) {
  return (
    <button
      class={look ? `button button-${look}` : 'button'}
      type={submits ? 'submit' : 'button'}
      aria-disabled={isWaiting ? 'true' : undefined}
      onClick={() => {
        if (!isWaiting) onPress?.()
      }}
    >
      {children}
    </button>
  )
}
