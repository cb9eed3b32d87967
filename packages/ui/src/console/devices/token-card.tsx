import { Button } from '../../components/button.tsx'
import { formatInstant } from '../../texts/format.ts'
import { Age } from '../age.tsx'
import { isEverywhere, useConsole } from '../console-context.ts'
import { Fact } from '../fact.tsx'
import { RoleChip } from '../requests/request-facts.tsx'
import { ScopeChips, SessionName } from '../scope-chips.tsx'
import type { Token } from './device-list.ts'
import { StandingChip } from './device-row.tsx'
import type { Question } from './question.ts'
import { standingOfToken } from './standing.ts'

interface TokenCardProps {
  readonly token: Token
  readonly onAsk: (question: Question) => void
}

export function TokenCard({ token, onAsk }: TokenCardProps) {
  const console = useConsole()
  const { say, gatewayNow, language } = console
  const { role, scopes, session, lastUsedAtMs } = token
  const standing = standingOfToken(token, gatewayNow())
  const instant = (ms: number | undefined): string =>
    ms === undefined ? say('me.until.none') : formatInstant(ms, language)
  return (
    <article class="card stack" aria-label={say('token.title')}>
      <header class="request-head">
        <h2>{say('token.title')}</h2>
        <span>
          <RoleChip role={role} />
          <StandingChip standing={standing} />
        </span>
      </header>
      <p>
        <ScopeChips scopes={scopes} otherwise={say('me.scopes.none')} />
      </p>
      <dl class="facts facts-wide">
        <Fact name={say('session.label')}>
          <SessionName session={session} />
        </Fact>
        <Fact name={say('expiry.label')}>{instant(token.expiresAtMs)}</Fact>
        {token.idleExpiresAtMs !== undefined && (
          <Fact name={say('token.idle')}>{instant(token.idleExpiresAtMs)}</Fact>
        )}
        <Fact name={say('token.used')}>
          {lastUsedAtMs === undefined ? say('console.never') : <Age at={lastUsedAtMs} />}
        </Fact>
        {token.revokedAtMs !== undefined && (
          <Fact name={say('devices.state.revoked')}>{instant(token.revokedAtMs)}</Fact>
        )}
      </dl>
      {standing !== 'revoked' && (
        <div class="row">
          <Button onPress={() => onAsk({ kind: 'extend', role })}>{say('extend.button')}</Button>
          {isEverywhere(console) && (
            <Button onPress={() => onAsk({ kind: 'move', role })}>{say('move.button')}</Button>
          )}
          {standing === 'live' && (
            <Button onPress={() => onAsk({ kind: 'rotate', role })}>{say('rotate.button')}</Button>
          )}
          <Button look="danger" onPress={() => onAsk({ kind: 'revoke', role })}>
            {say('revoke.button')}
          </Button>
        </div>
      )}
    </article>
  )
}
