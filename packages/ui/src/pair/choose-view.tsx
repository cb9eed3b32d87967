import { type InvitationText, readInvitationText } from '@pairgate/protocol'
import { useState } from 'preact/hooks'
import { Heading } from '../components/heading.tsx'
import { gatewayPlaceOf } from '../gateway/gateway-place.ts'
import { appHost } from './app-host.ts'
import { AskForm } from './ask-form.tsx'
import { CodeForm } from './code-form.tsx'
import type { Pairing } from './pairing.ts'
import type { Problem } from './problem.ts'
import { ProblemNotice } from './problem-notice.tsx'
import type { Say } from './texts/catalogue.ts'

interface ChooseViewProps {
  readonly say: Say
  readonly pairing: Pairing
  readonly problem: Problem | undefined
  readonly isChecking: boolean
  readonly takesFocus: boolean
}

/** The three ways in: a code, a link in the same field, or asking. */
export function ChooseView({ say, pairing, problem: given, isChecking, takesFocus }: ChooseViewProps) {
  const [mistyped, setMistyped] = useState<Problem>()
  const host = appHost()
  const problem = isChecking ? undefined : (mistyped ?? given)

  function submit(typed: string): void {
    const read = readTyped(typed)
    setMistyped('kind' in read ? read : undefined)
    if ('secret' in read) pairing.redeem(read.way, read.secret)
  }
  return (
    <>
      <Heading takesFocus={takesFocus && !isChecking && !isAboutCode(problem) && !problem?.wanted}>
        {say(host === undefined ? 'choose.title' : 'choose.title.app')}
      </Heading>
      {problem && <ProblemNotice problem={problem} say={say} />}
      <p class="foreign">
        {say('choose.intro')} {host !== undefined && say('choose.app', { host })}
      </p>
      <CodeForm
        say={say}
        isChecking={isChecking}
        isWrong={isAboutCode(problem)}
        retryAt={problem?.kind === 'rate-limited' ? problem.retryAt : undefined}
        onSubmit={submit}
      />
      <AskForm say={say} wanted={problem?.wanted} asked={problem?.asked} onAsk={pairing.ask} />
    </>
  )
}

function isAboutCode(problem: Problem | undefined): boolean {
  return (
    problem?.kind === 'code-wrong' || problem?.kind === 'code-malformed' || problem?.kind === 'link-broken'
  )
}

type Typed = { readonly way: 'code' | 'link'; readonly secret: Parameters<Pairing['redeem']>[1] } | Problem

/** A link that leads elsewhere is not followed: the address bar is where people see where they go. */
function readTyped(typed: string): Typed {
  const read: InvitationText | undefined = readInvitationText(typed)
  if (read?.kind === 'code') return { way: 'code', secret: read.code }
  if (read?.kind === 'secret') return { way: 'link', secret: read.secret }
  if (read?.kind === 'link') {
    const isHere = URL.parse(read.url)?.origin === gatewayPlaceOf(location).origin
    return isHere ? { way: 'link', secret: read.secret } : { kind: 'link-elsewhere' }
  }
  return { kind: /^https?:/i.test(typed.trim()) ? 'link-broken' : 'code-malformed' }
}
