import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Admission, Core, DevicePrincipal } from '@pairgate/core'
import type { DeviceId, Instant, SessionId, TokenId } from '@pairgate/protocol'
import { createSystemTimers } from '../../src/platform/timers.ts'
import { type ConnectionRegistry, createConnectionRegistry } from '../../src/ws/connection-registry.ts'
import type { FrameChannel } from '../../src/ws/frame-channel.ts'
import { createHandshake } from '../../src/ws/handshake.ts'
import { connectParams } from '../harness/connect-params.ts'
import { makeDevice } from '../harness/test-device.ts'

const device = makeDevice()
const principal: DevicePrincipal = {
  kind: 'device',
  deviceId: device.id as DeviceId,
  tokenId: 'token' as TokenId,
  role: 'operator',
  scopes: ['operator.pairing'],
  sessionId: 'session' as SessionId,
  remoteIp: undefined,
  connId: 'connection',
  byDeviceToken: true,
}
const admission: Admission = { principal, method: 'device-token', token: undefined, first: undefined }
const now = () => Date.now() as Instant
const clock = { now, wall: now, steady: now, ticks: () => performance.now() }

/** A channel that writes down what would leave, in order. */
function recordingChannel() {
  const left: string[] = []
  let open = true
  const channel: FrameChannel = {
    send: (frame) => {
      if (open) left.push(frame.type === 'res' ? `res ${frame.ok ? 'ok' : frame.error.code}` : frame.event)
    },
    close: ({ code }) => {
      if (open) left.push(`close ${code}`)
      open = false
    },
    destroy: () => undefined,
    beat: () => undefined,
    get isOpen() {
      return open
    },
    trust: () => undefined,
    onText: () => undefined,
    onClosed: () => () => undefined,
  }
  const leave = (): void => {
    open = false
  }
  return { channel, left, leave }
}

interface Scene {
  readonly registry: ConnectionRegistry
  readonly core: Core
  /** Of the settings, when the answer is about to leave; the upgrade was judged by revision 0. */
  readonly revision?: () => number
  /** The peer leaves while its token is being looked up. */
  readonly isGone?: boolean
}

/** One connect of the device, up to what leaves. */
async function answerOne({ registry, core, revision = () => 0, isGone = false }: Scene) {
  const told: string[] = []
  const handshake = createHandshake({
    core: { ...core, noteFeed: () => undefined },
    clock,
    registry,
    presence: { join: () => [], seenBy: () => [] },
    mode: () => 'pairing',
    version: '1',
    bootId: 'boot',
    startedAt: 0,
    isClosed: () => false,
    revision,
    onEnded: ({ outcome }) => told.push(outcome),
  })
  const { channel, left, leave } = recordingChannel()
  const params = connectParams({ nonce: 'n', ts: 0 }, { device })
  const frame = JSON.stringify({ type: 'req', id: 'c', method: 'connect', params })
  const peer = {
    connId: 'connection',
    directLoopback: true,
    reach: 'this-machine' as const,
    isPrivate: true,
    remoteIp: undefined,
    prefix: 'loopback',
    network: undefined,
    scopeCap: undefined,
    isOwnOrigin: () => false,
  }
  const whenLate = () => undefined
  const facts = { nonce: 'n', origin: undefined, owner: undefined, peer, revision: 0, whenLate }
  const answering = handshake.answer(channel, frame, facts)
  if (isGone) leave()
  return { opened: await answering, left, told }
}

for (const what of ['revoked', 'removed'] as const) {
  test(`a device that is ${what} between the two looks is answered before it is closed (T23)`, async () => {
    const registry = createConnectionRegistry({ timers: createSystemTimers(), clock })
    const core = {
      acceptConnect: async () => ({ ok: true, value: admission }),
      // The second look was begun too early to see it; the registry has been told meanwhile.
      lookAgain: async () => {
        registry.closeDevice(principal.deviceId, what === 'revoked' ? 'operator' : undefined, 'somebody')
        registry.tell({
          kind: 'changed',
          deviceId: principal.deviceId,
          change: 'renamed',
          home: undefined,
          at: 1 as Instant,
        })
        return { ok: true, value: admission }
      },
    } as unknown as Core
    const { opened, left, told } = await answerOne({ registry, core })

    assert.equal(opened, undefined)
    assert.deepEqual(left, ['res UNAVAILABLE', 'close 1013'])
    assert.deepEqual(told, ['gateway-busy'])
  })
}

test('a peer that goes before it is let in leaves nothing behind', async () => {
  const registry = createConnectionRegistry({ timers: createSystemTimers(), clock })
  const core = {
    acceptConnect: async () => ({ ok: true, value: admission }),
    lookAgain: async () => ({ ok: true, value: admission }),
    noteFeed: () => undefined,
  } as unknown as Core
  const { opened, left, told } = await answerOne({ registry, core, isGone: true })
  assert.deepEqual([opened, left, told], [undefined, [], ['peer-gone']])
  assert.deepEqual([registry.size, registry.isConnected(principal.deviceId)], [0, false])
})

for (const method of ['token', 'password', 'device-token'] as const) {
  const stays = method === 'device-token'
  const title = stays ? 'does not touch a device with its token' : 'is not missed by one who brought it'
  test(`a shared secret that changes after it was compared ${title}: ${method} (T26)`, async () => {
    const registry = createConnectionRegistry({ timers: createSystemTimers(), clock })
    let revision = 0
    const core = {
      // The settings change while the answer of the store is on its way: nobody is registered yet.
      acceptConnect: async () => {
        revision = 1
        return { ok: true, value: { ...admission, method } }
      },
      lookAgain: async () => ({ ok: true, value: admission }),
    } as unknown as Core
    const { opened, left, told } = await answerOne({ registry, core, revision: () => revision })

    assert.equal(opened !== undefined, stays)
    assert.deepEqual(left, stays ? ['res ok'] : ['res UNAVAILABLE', 'close 1013'])
    assert.deepEqual(told, [stays ? 'accepted' : 'gateway-busy'])
  })
}
