import { useLayoutEffect, useRef } from 'preact/hooks'

interface HeadingProps {
  readonly children: string
  /** The first heading of the page leaves the focus where the browser has put it. */
  readonly takesFocus: boolean
}

/** The title of a step. It takes the focus when the step begins, so that keyboard and screen reader are there. */
export function Heading({ children, takesFocus }: HeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  // Before anything is painted, so that the focus is never nowhere.
  useLayoutEffect(() => {
    if (takesFocus) heading.current?.focus()
  }, [takesFocus])
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  )
}
