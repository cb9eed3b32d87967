import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOurCookie, withoutOurCookies } from './our-secrets.ts'
import { readCookie } from './read-cookie.ts'

const NAME = '__Host-pairgate-app-0123456789ab'

test('a cookie is read by its whole name, and two of one name are none', () => {
  const table: readonly (readonly [string | undefined, string])[] = [
    [undefined, 'absent'],
    ['', 'absent'],
    [`${NAME}=pgc_x`, 'pgc_x'],
    [`a=b; ${NAME}=pgc_x; c=d`, 'pgc_x'],
    [`${NAME}=pgc_x; ${NAME}=pgc_y`, 'unclear'],
    [`${NAME}=pgc_x;${NAME}=pgc_x`, 'unclear'],
    [`x${NAME}=pgc_x`, 'absent'],
    [`${NAME}x=pgc_x`, 'absent'],
    [`${NAME.toUpperCase()}=pgc_x`, 'absent'],
    [`pairgate-app-0123456789ab=pgc_x`, 'absent'],
    [`=${NAME}=pgc_x`, 'absent'],
    [`a=${NAME}=pgc_x`, 'absent'],
    [`${NAME}`, 'absent'],
    [`${NAME}=`, ''],
  ]
  for (const [header, value] of table) assert.equal(readCookie(header, NAME), value, header)
})

test('cookies of the gateway are told from those of apps, also when they have no name (T39)', () => {
  const ours = [
    `${NAME}=x`,
    ' pairgate-state=x',
    '=pairgate-app-1=x',
    '= __Host-pairgate-state',
    'PAIRGATE-x=y',
  ]
  const others = ['theme=dark', 'x-pairgate=1', 'a=pairgate-app-1', '__Host-session=pairgate']
  for (const text of ours) assert.ok(isOurCookie(text), text)
  for (const text of others) assert.ok(!isOurCookie(text), text)
  assert.equal(withoutOurCookies(`a=b; ${ours.join(';')}; ${others.join('; ')}`), `a=b; ${others.join('; ')}`)
  assert.equal(withoutOurCookies(`${NAME}=x`), undefined)
  assert.equal(withoutOurCookies(`mine=pgc_${'A'.repeat(43)}0000000`), undefined)
})
