import { type ConfigKey, configRow } from '@pairgate/gateway/config'
import type { ConfigReload } from '@pairgate/protocol/wire'
import { CommandError } from '../output/command-error.ts'
import { askLocalGateway } from '../target/ask-local-gateway.ts'
import type { LocalFiles } from '../target/read-target-facts.ts'

/** What the gateway of this machine made of a changed file. */
export type Told =
  | { readonly kind: 'no-gateway' }
  | { readonly kind: 'read'; readonly report: ConfigReload & { readonly ok: true } }
  | { readonly kind: 'refused'; readonly failure: CommandError }

/** Lets the running gateway read its file again. Never throws: the file has been changed by then. */
export async function tellGateway(files: LocalFiles): Promise<Told> {
  try {
    const report = await askLocalGateway(files, (gateway) => gateway.request('config.reload', {}))
    if (!report) return { kind: 'no-gateway' }
    if (report.ok) return { kind: 'read', report }
    return { kind: 'refused', failure: refused(report.problem) }
  } catch (error) {
    return { kind: 'refused', failure: refused(error instanceof Error ? error.message : String(error)) }
  }
}

function refused(why: string): CommandError {
  return new CommandError(`The file is changed, but the running gateway goes on as before: ${why}`, {
    next: ['Check it with: openclaw config validate'],
  })
}

interface Effect {
  readonly effect: 'applied' | 'restart' | 'overridden' | 'next-start' | 'next-command' | 'not-applied'
  /** What overrides it. */
  readonly by?: string
  readonly text: string
}

/** When a changed setting counts, as the gateway told it. */
export function describeEffect(key: ConfigKey, told: Told): Effect {
  if (configRow(key).applies === 'commands')
    return { effect: 'next-command', text: 'Commands use it from now on.' }
  if (told.kind === 'no-gateway')
    return { effect: 'next-start', text: 'No gateway runs here: it counts from the next start.' }
  if (told.kind === 'refused') return { effect: 'not-applied', text: 'It does not count yet.' }
  const { overridden, needsRestart } = told.report
  const by = overridden.find((each) => each.key === key)?.by
  if (by !== undefined)
    return {
      effect: 'overridden',
      by,
      text: `The running gateway does not use it: ${by} overrides the file.`,
    }
  if (needsRestart.includes(key)) return { effect: 'restart', text: 'Restart the gateway to apply.' }
  return { effect: 'applied', text: 'The running gateway has applied it.' }
}
