import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeDevice, openWorld } from './core-world.ts'

test('an invitation for several roles grants all of them at once, in one session, to one device', async () => {
  const world = await openWorld()
  const scopes = ['operator.read', 'operator.write']
  const made = await world.core.createInvitation(world.owner, { roles: ['node', 'operator'], scopes })
  assert.ok(made.ok)
  const { invitation, secret } = made.value
  const phone = makeDevice()
  const ask = { scopes: [], bootstrapToken: secret }
  const joined = await world.connect(phone, { ...ask, role: 'node' })
  assert.ok(joined.ok)
  const { token, others = [] } = joined.value
  assert.deepEqual([token?.record.role, token?.record.scopes], ['node', []])
  assert.deepEqual(
    others.map(({ record }) => [record.role, record.scopes, record.sessionId]),
    [['operator', scopes, token?.record.sessionId]],
  )
  const again = await world.connect(phone, { ...ask, role: 'operator' })
  assert.ok(again.ok)
  assert.equal(again.value.token?.secret, others[0]?.secret)
  assert.deepEqual(again.value.principal.scopes, scopes)

  const found = await world.core.findInvitation(world.owner, invitation.id)
  assert.deepEqual(
    [found?.state, found?.device?.id, found?.device?.roles],
    ['redeemed', phone.id, ['node', 'operator']],
  )
  const revoked = await world.core.revokeToken(world.owner, { deviceId: phone.id, role: 'node' })
  assert.ok(revoked.ok)
  assert.equal((await world.connect(phone, { ...ask, role: 'operator' })).ok, false)
  await world.close()
})

test('the node of an admin of every session has a session of its own', async () => {
  const world = await openWorld()
  const made = await world.core.createInvitation(world.owner, {
    roles: ['node', 'operator'],
    scopes: ['operator.admin'],
  })
  assert.ok(made.ok)
  const joined = await world.connect(makeDevice(), {
    scopes: [],
    bootstrapToken: made.value.secret,
    role: 'node',
  })
  assert.ok(joined.ok)
  assert.equal(joined.value.others?.[0]?.record.sessionId, '*')
  assert.notEqual(joined.value.token?.record.sessionId, '*')
  await world.close()
})

test('who holds a session of its own invites into that one, and a session that is gone ends the invitation', async () => {
  const world = await openWorld()
  const session = await world.core.createSession(world.owner, { key: 'kitchen', label: undefined })
  assert.ok(session.ok)
  const made = await world.core.createInvitation(world.owner, { roles: ['operator'], session: 'kitchen' })
  assert.ok(made.ok)
  const deleted = await world.core.deleteSession(world.owner, { key: 'kitchen', revokeTokens: true })
  assert.ok(deleted.ok)
  const joined = await world.connect(makeDevice(), { scopes: [], bootstrapToken: made.value.secret })
  assert.ok(!joined.ok && joined.refusal.reason === 'bootstrap-invalid')
  await world.close()
})
