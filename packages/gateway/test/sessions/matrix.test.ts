import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, describe, test } from 'node:test'
import {
  type ChatHistory,
  type DevicePairList,
  EVENT_NAMES,
  type EventName,
  type InviteResult,
  METHOD_NAMES,
  METHODS,
  type MethodName,
  type MethodRow,
  type SessionResult,
  type SetupStatusResult,
} from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, connectPaired, type PairedDevice, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { WireClient, WireResponse } from '../harness/wire-client.ts'

const gateway = await openGateway({ after }, { config: { limits: { pendingInAll: 10_000 } } })
const owner = await gateway.owner()

/** What a `target` method may name. */
interface Target {
  readonly deviceId: string
  readonly requestId: string
  readonly invitationId: string
  /** Of an invitation that has been used, so that there is something to be told of it. */
  readonly setupId: string
  /** Key of the session. */
  readonly key: string
}

/** How a method is tried; the kind is what its row says of sessions. */
type Probe =
  | { readonly session: 'none' | 'every' | 'filtered'; readonly params: object }
  | { readonly session: 'target'; readonly params: (target: Target) => object }
  | { readonly session: 'param'; readonly params: (name: string | undefined) => object }

const role = 'operator'
const PROBES: Readonly<Record<MethodName, Probe>> = {
  health: { session: 'none', params: { probe: true } },
  status: { session: 'filtered', params: {} },
  'system-presence': { session: 'filtered', params: {} },
  'gateway.identity.get': { session: 'none', params: {} },
  'config.get': { session: 'none', params: {} },
  'config.reload': { session: 'every', params: {} },
  'device.pair.list': { session: 'filtered', params: {} },
  'device.pair.setupCode': {
    session: 'none',
    params: { publicUrl: 'wss://gateway.example', includeQr: false },
  },
  'device.pair.setupStatus': { session: 'target', params: ({ setupId }) => ({ setupId }) },
  'device.pair.approve': { session: 'target', params: ({ requestId }) => ({ requestId }) },
  'device.pair.reject': { session: 'target', params: ({ requestId }) => ({ requestId }) },
  'device.pair.remove': { session: 'target', params: ({ deviceId }) => ({ deviceId }) },
  'device.pair.rename': { session: 'target', params: ({ deviceId }) => ({ deviceId, label: 'mine now' }) },
  'device.token.rotate': { session: 'target', params: ({ deviceId }) => ({ deviceId, role }) },
  'device.token.revoke': { session: 'target', params: ({ deviceId }) => ({ deviceId, role }) },
  'device.token.extend': {
    session: 'target',
    params: ({ deviceId }) => ({ deviceId, role, expiresInMs: 60_000 }),
  },
  'device.token.move': { session: 'target', params: ({ deviceId }) => ({ deviceId, role, session: 'main' }) },
  'device.token.access': { session: 'none', params: {} },
  'apps.ticket': { session: 'none', params: { return: 'http://127.0.0.1:18790/', state: 'x' } },
  'device.scopes.requestUpgrade': { session: 'none', params: { scopes: ['operator.talk.secrets'] } },
  'device.scopes.waitUpgrade': { session: 'target', params: ({ requestId }) => ({ requestId }) },
  'device.pair.invite': { session: 'target', params: ({ key }) => ({ session: key }) },
  'device.pair.invitations': { session: 'filtered', params: {} },
  'device.pair.cancelInvitation': { session: 'target', params: ({ invitationId: id }) => ({ id }) },
  'device.pair.confirm': { session: 'target', params: ({ invitationId: id }) => ({ id }) },
  'device.pair.claimCode': { session: 'every', params: {} },
  'audit.list': { session: 'every', params: {} },
  'audit.feed': { session: 'every', params: {} },
  'audit.erase': { session: 'every', params: { before: 1 } },
  'audit.prune': { session: 'every', params: { beforeSeq: 1 } },
  'audit.verify': { session: 'every', params: {} },
  'sessions.list': { session: 'filtered', params: {} },
  'sessions.resolve': { session: 'param', params: (key) => (key === undefined ? {} : { key }) },
  'sessions.create': { session: 'every', params: { key: 'made-by-somebody' } },
  'sessions.patch': { session: 'param', params: (key = 'main') => ({ key, label: 'mine now' }) },
  'sessions.delete': { session: 'every', params: { key: 'main' } },
  'chat.send': {
    session: 'param',
    params: (sessionKey) => ({ sessionKey, message: 'from one', idempotencyKey: randomUUID() }),
  },
  'device.page': {
    session: 'param',
    params: (session) => (session === undefined ? { limit: 200 } : { session, limit: 200 }),
  },
  'device.history': { session: 'target', params: ({ deviceId }) => ({ deviceId }) },
  'device.pending': { session: 'filtered', params: {} },
  'gateway.figures': { session: 'every', params: {} },
  'migrate.status': { session: 'every', params: {} },
  'chat.history': { session: 'param', params: (sessionKey) => ({ sessionKey, after: 0, limit: 200 }) },
}

/** A session with a member, an admin and an open request, and all by which it could be recognised. */
async function openSession(key: string) {
  const { session } = await owner.call<SessionResult>('sessions.create', { key, label: `label-of-${key}` })
  const approval = { session: key }
  const member = await pair(gateway, {
    scopes: ['operator.write', 'operator.pairing'],
    approval,
    extended: true,
  })
  const admin = await pair(gateway, { scopes: ['operator.admin'], approval, extended: true })
  await member.client.call('chat.send', {
    message: `text-of-${key}`,
    idempotencyKey: `idempotency-of-${key}`,
  })
  const { requestId } = await askToPair(gateway, { device: member.device, role: 'node' })
  const { id: invitationId } = await owner.call<InviteResult>('device.pair.invite', { session: key })
  const { id: setupId, secret } = await owner.call<InviteResult>('device.pair.invite', { session: key })
  const invited = makeDevice()
  await gateway.open().hello({ device: invited, auth: { bootstrapToken: secret }, scopes: ['operator.read'] })
  const { device } = member
  const traces = [
    key,
    session.sessionId,
    session.label,
    `text-of-${key}`,
    device.id,
    admin.device.id,
    requestId,
    invitationId,
    setupId,
    invited.id,
  ]
  const target: Target = { deviceId: device.id, requestId, invitationId, setupId, key }
  return { ...session, member, admin, target, traces: traces.map(String) }
}

// Before anybody listens: a stranger who asks is every admin's business.
const other = await openSession('room-two')
const gone = await openSession('room-gone')
await owner.call('sessions.delete', { key: gone.key, revokeTokens: true })
const mine = await openSession('room-one')

const callers: readonly (readonly [string, PairedDevice])[] = [
  ['a member', mine.member],
  ['an admin', mine.admin],
]
const missing: Target = {
  deviceId: 'f'.repeat(64),
  requestId: randomUUID(),
  invitationId: randomUUID(),
  setupId: randomUUID(),
  key: 'no-such-room',
}
/** Every way to name what is not one's own. */
const FOREIGN: Readonly<Record<string, string>> = {
  other: other.key,
  deleted: gone.key,
  wildcard: '*',
  malformed: 'a/b c\u0000d',
  'own id': mine.sessionId,
  'id of the other': other.sessionId,
  'other in upper case': other.key.toUpperCase(),
  'own in upper case': mine.key.toUpperCase(),
  'main in upper case': 'MAIN',
  'other with a blank': `${other.key} `,
  'own with a blank': ` ${mine.key}`,
  'other with a letter that looks alike': other.key.replace('o', 'о'),
  'own with a letter that looks alike': mine.key.replace('o', 'о'),
  'main behind another agent': 'agent:other:main',
  'new': 'new',
}
const OWN = [undefined, 'main', 'agent:main:main', mine.key]

/** All that was ever said to a client must hold nothing by which another session can be recognised. */
function assertNoTrace({ received }: WireClient, what: string): void {
  const said = JSON.stringify(received)
  for (const trace of [...other.traces, ...gone.traces])
    assert.equal(said.includes(trace), false, `${what}: ${trace}`)
}

const told = ({ ok, payload, error }: WireResponse) => JSON.stringify({ ok, payload, error })

/** The other session as its owner sees it, to find out whether somebody has touched it. */
async function lookAtOther() {
  const { paired, pending } = await owner.call<DevicePairList>('device.pair.list')
  const ids = [other.member.device.id, other.admin.device.id]
  return {
    session: await owner.call('sessions.resolve', { key: other.key }),
    messages: await owner.call<ChatHistory>('chat.history', { sessionKey: other.key }),
    devices: paired
      .filter(({ deviceId }) => ids.includes(deviceId))
      .map(({ operatorLabel, tokens, deviceId }) => ({
        deviceId,
        operatorLabel,
        tokens: tokens.map(({ lastUsedAtMs: _, ...token }) => token),
      })),
    requests: pending.filter(({ deviceId }) => ids.includes(deviceId)).map(({ requestId }) => requestId),
  }
}

test('every method has a probe of the kind that its row says', () => {
  for (const name of METHOD_NAMES) {
    const { session }: MethodRow = METHODS[name]
    assert.equal(PROBES[name].session, typeof session === 'object' ? 'param' : session, name)
  }
})

test('who may know of it is told by setupStatus what became of the invitation of another session', async () => {
  const { setupId } = other.target
  assert.ok((await owner.call<SetupStatusResult>('device.pair.setupStatus', { setupId })).completion)
})

for (const [who, { client }] of callers) {
  describe(`${who} of one session (T43)`, () => {
    for (const method of METHOD_NAMES) {
      const probe = PROBES[method]
      if (probe.session === 'param') {
        test(`${method} answers to another session as to none, however it is spelled`, async () => {
          const none = told(await client.request(method, probe.params('no-such-room')))
          assert.match(none, /"ok":false/)
          for (const [spelling, name] of Object.entries(FOREIGN))
            assert.equal(told(await client.request(method, probe.params(name))), none, spelling)
        })

        test(`${method} means the own session by nothing, by main and by its key`, async () => {
          const scope = METHODS[method].scope
          if (who === 'a member' && scope === 'operator.admin') return
          for (const name of OWN) {
            const answer = await client.request(method, probe.params(name))
            assert.ok(answer.ok, `${name}: ${told(answer)}`)
            assert.ok(told(answer).includes(mine.key), told(answer))
          }
        })
      } else if (probe.session === 'target') {
        test(`${method} answers to what lies in another session as to what does not exist`, async () => {
          const none = told(await client.request(method, probe.params(missing)))
          // OpenClaw's `setupStatus` refuses nothing: of what it does not know it tells nothing.
          assert.match(none, /"ok":false|"payload":{}/)
          for (const target of [
            other.target,
            { ...other.target, deviceId: other.admin.device.id },
            gone.target,
          ])
            assert.equal(told(await client.request(method, probe.params(target))), none)
        })
      } else {
        test(`${method} tells nothing of another session`, async () => {
          const answer = await client.request(method, probe.params)
          if (probe.session === 'every') {
            const holdsScope = who === 'an admin' || METHODS[method].scope !== 'operator.admin'
            const code = holdsScope ? 'SESSION_BOUND' : 'MISSING_SCOPE'
            assert.equal(answer.error?.details?.['code'], code)
          }
          assertNoTrace(client, method)
        })
      }
    }
  })
}

/** What makes each event happen in the other session; `undefined` for events that are about no session. */
const CAUSES: Readonly<Record<EventName, (() => Promise<unknown>) | undefined>> = {
  'connect.challenge': undefined,
  // For clients of OpenClaw; ours, such as the owner here, hear of invitations instead.
  'device.pair.setup.completed': undefined,
  'device.pair.requested': () => askToPair(gateway, { device: other.admin.device, role: 'node' }),
  'device.pair.resolved': () => owner.call('device.pair.reject', { requestId: other.target.requestId }),
  'device.pair.changed': () =>
    owner.call('device.pair.rename', { deviceId: other.member.device.id, label: 'label-of-room-two' }),
  chat: () => owner.call('chat.send', { sessionKey: other.key, message: 'x', idempotencyKey: randomUUID() }),
  presence: async () => {
    const { device, token } = other.member
    await connectPaired(gateway, {
      device,
      token,
      extended: true,
      client: { id: 'openclaw-tui', mode: 'ui' },
    })
    // Told once a second; whoever connects in the own session is told then, too.
    const heard = mine.admin.client.nextEvent('presence', ({ presence }) =>
      JSON.stringify(presence).includes(mine.member.device.id),
    )
    const own = mine.member
    await connectPaired(gateway, {
      device: own.device,
      token: own.token,
      client: { id: 'openclaw-tui', mode: 'ui' },
    })
    await heard
  },
  'device.presence': async () => {
    const { device, token } = other.member
    // Told once a second; whoever connects in the own session is told then, too.
    const heard = mine.admin.client.nextEvent('device.presence', ({ devices }) =>
      JSON.stringify(devices).includes(mine.member.device.id),
    )
    await connectPaired(gateway, { device, token, extended: true })
    await connectPaired(gateway, { device: mine.member.device, token: mine.member.token })
    await heard
  },
  'device.pair.invitation': async () => {
    const { id } = await owner.call<InviteResult>('device.pair.invite', { session: other.key })
    await owner.call('device.pair.cancelInvitation', { id })
  },
  'device.pair.guessing': undefined,
  // Told on the way out of mode `none` alone, and to who is not paired.
  'device.pair.due': undefined,
  tick: undefined,
  shutdown: undefined,
}

test('nothing was changed in the other session by all that, and nobody was told of it (T43)', async () => {
  const before = await lookAtOther()
  for (const [who, { client }] of callers) {
    for (const method of METHOD_NAMES) {
      const probe = PROBES[method]
      if (probe.session === 'param')
        for (const name of Object.values(FOREIGN)) await client.request(method, probe.params(name))
      if (probe.session === 'target') await client.request(method, probe.params(other.target))
    }
    assert.ok(client.isOpen, who)
  }
  assert.deepEqual(await lookAtOther(), before)
  for (const [who, { client }] of callers) assertNoTrace(client, who)
})

describe('an event of another session (T43)', () => {
  for (const name of EVENT_NAMES) {
    const cause = CAUSES[name]
    if (!cause) continue
    test(`${name} is heard there, and not here`, async () => {
      const counts = () => callers.map(([, { client }]) => client.events(name).length)
      const before = counts()
      await cause()
      for (const [who, { client }] of callers) {
        await client.call('health')
        assertNoTrace(client, `${who}: ${name}`)
      }
      // Presence of the own session is told on the way; everything else is told to nobody here.
      if (name !== 'presence' && name !== 'device.presence') assert.deepEqual(counts(), before)
      await owner.nextEvent(name)
    })
  }
})

test('a stranger belongs to no session: an admin of one sees it, and takes it into its own', async () => {
  const device = makeDevice()
  const { requestId } = await askToPair(gateway, { device, scopes: ['operator.read'] })
  await mine.admin.client.call('device.pair.approve', { requestId, session: 'main' })
  const { auth } = await gateway.open().hello({ device, scopes: ['operator.read'], extended: true })
  assert.equal(auth.session, mine.key)
})
