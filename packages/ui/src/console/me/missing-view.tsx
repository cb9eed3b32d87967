import { Heading } from '../../components/heading.tsx'
import { Notice } from '../../components/notice.tsx'
import { useConsole } from '../console-context.ts'
import type { View } from '../read-route.ts'
import { scopeText } from '../texts/catalogue.ts'
import { AskMore } from './ask-more.tsx'

/** What this browser may not see, why, and how to change that. */
export function MissingView({ view, scope }: { readonly view: View; readonly scope: string | undefined }) {
  const { say } = useConsole()
  return (
    <>
      <Heading takesFocus={false}>{say(`view.${view}`)}</Heading>
      <MissingRight scope={scope} />
    </>
  )
}

/** Without a scope, its session is in the way. */
export function MissingRight({ scope }: { readonly scope: string | undefined }) {
  const { say } = useConsole()
  return (
    <section class="card stack narrow">
      <Notice tone="warning" title={say('missing.title')}>
        {scope === undefined ? say('missing.session') : say('missing.text', { scope: scopeText(scope, say) })}
      </Notice>
      {scope !== undefined && <AskMore scope={scope} />}
    </section>
  )
}
