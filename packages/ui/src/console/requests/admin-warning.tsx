import { Notice } from '../../components/notice.tsx'
import { useConsole } from '../console-context.ts'

/** Said before the whole gateway is given away. */
export function AdminWarning({ scopes }: { readonly scopes: readonly string[] }) {
  const { say } = useConsole()
  if (!scopes.includes('operator.admin')) return null
  return (
    <Notice tone="warning" title={say('requests.admin')}>
      {say('requests.admin.text')}
    </Notice>
  )
}
