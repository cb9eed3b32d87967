import { useConsole } from './console-context.ts'
import { scopeText } from './texts/catalogue.ts'

interface ScopeChipsProps {
  readonly scopes: readonly string[]
  /** Stands there when there are none. */
  readonly otherwise: string
}

/** Scopes in the reader's words; the one that gives all away stands out. */
export function ScopeChips({ scopes, otherwise }: ScopeChipsProps) {
  const { say } = useConsole()
  if (scopes.length === 0) return <span class="unnamed">{otherwise}</span>
  return (
    <>
      {scopes.map((scope) => (
        <span key={scope} class={scope === 'operator.admin' ? 'chip chip-strong' : 'chip'}>
          {scopeText(scope, say)}
        </span>
      ))}
    </>
  )
}

/** Readable key of a session. */
export function SessionName({ session }: { readonly session: string | undefined }) {
  const { say } = useConsole()
  if (session === undefined) return <span class="unnamed">{say('session.none')}</span>
  return session === '*' ? <span>{say('session.every')}</span> : <bdi class="foreign">{session}</bdi>
}
