import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVERY_SESSION, type SessionId } from '@pairgate/protocol'
import type { Principal } from '../domain/principal.ts'
import { authorize, type Requirement } from './authorize.ts'

const bound: Principal = {
  kind: 'shared',
  role: 'operator',
  scopes: ['operator.admin'],
  sessionId: 'one' as SessionId,
  remoteIp: undefined,
  connId: 'c',
}
const need: Requirement = { roles: ['operator'], scope: 'operator.read', session: 'none' }
const reasonOf = (principal: Principal, requirement: Requirement) => {
  const result = authorize(principal, requirement)
  return result.ok ? 'ok' : result.refusal.reason
}

test('what is about every session is refused to a caller of one, whatever scopes it holds', () => {
  const every = { ...need, session: 'every' } as const
  assert.equal(reasonOf(bound, every), 'session-bound')
  assert.equal(reasonOf({ ...bound, sessionId: EVERY_SESSION }, every), 'ok')
})
test('what is cut to a session or names one is left to whoever looks it up', () => {
  for (const session of ['none', 'filtered', 'target', { param: 'sessionKey' }] as const)
    assert.equal(reasonOf(bound, { ...need, session }), 'ok')
})
test('role and scope are asked before the session', () => {
  const every = { ...need, session: 'every' } as const
  assert.equal(reasonOf({ ...bound, role: 'node' }, every), 'role-unauthorized')
  assert.equal(reasonOf({ ...bound, scopes: [] }, every), 'scope-missing')
})
