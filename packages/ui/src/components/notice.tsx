import type { ComponentChildren } from 'preact'

interface NoticeProps {
  readonly tone?: 'warning' | 'problem'
  readonly title: string
  readonly children?: ComponentChildren
}

/** A short word beside the matter: what it is, and what to do. */
export function Notice({ tone, title, children }: NoticeProps) {
  return (
    <div class={tone ? `notice notice-${tone}` : 'notice'}>
      <strong>{title}</strong>
      {children}
    </div>
  )
}
