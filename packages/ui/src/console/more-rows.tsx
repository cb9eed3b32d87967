import { useLayoutEffect, useRef } from 'preact/hooks'
import { Button } from '../components/button.tsx'

interface MoreRowsProps {
  /** Id of the list that grows. */
  readonly list: string
  /** How many rows it has now. */
  readonly count: number
  readonly hasMore: boolean
  readonly label: string
  readonly onMore: () => void
}

/** Shows more of a list; the keyboard goes on with the first of the new rows. */
export function MoreRows({ list, count, hasMore, label, onMore }: MoreRowsProps) {
  const shown = useRef<number>(undefined)
  useLayoutEffect(() => {
    const before = shown.current
    if (before === undefined || count <= before) return
    shown.current = undefined
    const row = document.getElementById(list)?.children[before]
    if (!(row instanceof HTMLElement)) return
    row.tabIndex = -1
    row.focus()
  }, [count, list])
  if (!hasMore) return null
  const ask = (): void => {
    shown.current = count
    onMore()
  }
  return (
    <div class="row">
      <Button onPress={ask}>{label}</Button>
    </div>
  )
}
