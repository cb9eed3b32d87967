import { cutText, tameText } from '../texts/tame-text.ts'

interface ForeignProps {
  readonly text: string | undefined
  /** What stands there when nothing can be seen of it. */
  readonly otherwise: string
  /** Letters; what is longer is cut. */
  readonly most?: number
}

/** What somebody else has named: isolated, without what deceives, and never longer than there is room for. */
export function Foreign({ text = '', otherwise, most = 48 }: ForeignProps) {
  const tamed = tameText(text)
  if (tamed === '') return <span class="unnamed">{otherwise}</span>
  return <bdi class="foreign">{cutText(tamed, most)}</bdi>
}
