import { fingerprintWords, leastScopes, missingScope, parseScope, SCOPES } from '@pairgate/protocol'
import { useState } from 'preact/hooks'
import { Foreign } from '../../components/foreign.tsx'
import { Heading } from '../../components/heading.tsx'
import { Words } from '../../components/words.tsx'
import { formatInstant } from '../../texts/format.ts'
import { useConsole } from '../console-context.ts'
import { Fact } from '../fact.tsx'
import { ScopeChips, SessionName } from '../scope-chips.tsx'
import { scopeText } from '../texts/catalogue.ts'
import { AskMore } from './ask-more.tsx'

/** Who this browser is for the gateway, what it may, and what not. */
export function MeView() {
  const { say, device, hello, language } = useConsole()
  const { scopes, session, expiresAtMs } = hello.auth
  const held = leastScopes(scopes.flatMap((word) => parseScope(word) ?? []))
  return (
    <>
      <Heading takesFocus={false}>{say('me.title')}</Heading>
      <section class="card stack">
        <dl class="facts facts-wide">
          <Fact name={say('me.name')}>
            <Foreign text={device.target.displayName} otherwise={say('console.nothing')} />
          </Fact>
          <Fact name={say('me.gateway')}>
            <bdi class="foreign">{device.place.host}</bdi>
          </Fact>
          <Fact name={say('me.scopes')}>
            <ScopeChips scopes={held} otherwise={say('me.scopes.none')} />
          </Fact>
          <Fact name={say('me.session')}>
            <SessionName session={session} />
          </Fact>
          <Fact name={say('me.until')}>
            {expiresAtMs === undefined ? say('me.until.none') : formatInstant(expiresAtMs, language)}
          </Fact>
          <Fact name={say('me.key')}>
            {say(device.key.storage === 'extractable' ? 'me.key.plain' : 'me.key.hidden')}
          </Fact>
          <Fact name={say('me.id')}>
            <span class="mono foreign">{device.key.deviceId}</span>
          </Fact>
        </dl>
        <h2>{say('me.words')}</h2>
        <Words fingerprint={fingerprintWords(device.key.deviceId)} label={say('me.words')} />
      </section>
      <MoreRights scopes={scopes} />
    </>
  )
}

function MoreRights({ scopes }: { readonly scopes: readonly string[] }) {
  const { say } = useConsole()
  const lacking = SCOPES.filter((scope) => missingScope(scopes, [scope]) !== undefined)
  const [chosen, setChosen] = useState<string>()
  const wanted = lacking.find((scope) => scope === chosen) ?? lacking[0]
  return (
    <section class="card stack" aria-labelledby="more-title">
      <h2 id="more-title">{say('me.more')}</h2>
      {wanted === undefined ? (
        <p>{say('me.more.none')}</p>
      ) : (
        <>
          <p>{say('me.more.text')}</p>
          <div class="field">
            <label for="more">{say('me.missing')}</label>
            <select
              id="more"
              class="input"
              value={wanted}
              onChange={({ currentTarget }) => setChosen(currentTarget.value)}
            >
              {lacking.map((scope) => (
                <option key={scope} value={scope}>
                  {scopeText(scope, say)}
                </option>
              ))}
            </select>
          </div>
          <AskMore key={wanted} scope={wanted} />
        </>
      )}
    </section>
  )
}
