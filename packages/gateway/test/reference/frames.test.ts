import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DETAIL_CODES, eventNames, methodNames, PROTOCOL_VERSION } from '@pairgate/protocol/wire'
import { type GatewayOfTest, type GatewayOptions, openGateway } from '../harness/gateway-of-test.ts'
import { refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { WireClient } from '../harness/wire-client.ts'
import { eventually } from '../harness/within.ts'
import {
  failHandshakes,
  letRequestExpire,
  loseTokens,
  manageDevices,
  manageDistantDevices,
  meetLimits,
  meetRareRefusals,
  openOperator,
  SHARED,
  TIGHT_LIMITS,
} from './frame-scenario.ts'
import { EVENT_PAYLOADS, RESULT_PAYLOADS } from './frame-schemas.ts'
import { createFrameJudge } from './judge-frames.ts'
import { sendOddFirstFrames, sendOddRequests } from './odd-frames.ts'

/** A client of OpenClaw in the newest protocol. */
const STRANGER = { protocol: PROTOCOL_VERSION, extended: false } as const
const TOLD_EVENTS = eventNames(STRANGER)
/** Refusals of methods that only our own clients can call. */
const OUR_CODES: ReadonlySet<string> = new Set([
  'APP_UNKNOWN',
  'INVITATION_UNKNOWN',
  'INVITATION_OVER',
  'TOO_MANY_CODES',
  'TOO_MANY_INVITATIONS',
  'CANDIDATE_MISSING',
  'CANDIDATES_SEVERAL',
  'CURSOR_INVALID',
  'CLAIM_OVER',
  'IDEMPOTENCY_CONFLICT',
  'MESSAGE_TOO_BIG',
  'SESSION_BOUND',
  'SESSION_EXISTS',
  'SESSION_IN_USE',
  'TOO_MANY_ACCESS_TOKENS',
  'TOO_MANY_TICKETS',
])

/** The sweepers run by hand; sockets and the tests' own patience run in real time. */
mock.timers.enable({ apis: ['Date', 'setInterval'], now: Date.now() })

/** In steps shorter than a ping, with a pause in which sockets can answer. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10_000) {
    mock.timers.tick(Math.min(left, 10_000))
    await sleep(10)
  }
}

test('every frame that a client of OpenClaw is sent holds against what it knows', async (t) => {
  const tape: WireClient[] = []
  async function open(options: GatewayOptions): Promise<GatewayOfTest> {
    const gateway = await openGateway(t, options)
    const openClient = (how?: Parameters<typeof gateway.open>[0]) => {
      const client = gateway.open(how)
      tape.push(client)
      return client
    }
    return { ...gateway, open: openClient }
  }
  const gateway = await open({
    config: { auth: { mode: 'token', token: SHARED } },
  })
  await manageDevices(gateway)
  await meetRareRefusals(gateway)
  await failHandshakes(gateway)
  await sendOddFirstFrames(gateway)
  await sendOddRequests(gateway)

  const { client: patient, hello } = await openOperator(gateway)
  await pass(Number(hello.policy['tickIntervalMs']))
  // The tick was due by the moved clock; its way through the socket takes real time.
  await eventually(() => patient.events('tick').length > 0, 'a tick in the interval that the hello promises')
  await letRequestExpire(gateway, pass)
  await eventually(() => tape.some((client) => client.events('presence').length > 0), 'a word of presence')
  await gateway.stop('gateway stopping')
  assert.deepEqual(await patient.closed, { code: 1012, reason: 'service restart' })
  assert.deepEqual(patient.received.at(-1), {
    type: 'event',
    event: 'shutdown',
    payload: { reason: 'gateway stopping' },
    seq: patient.events(...TOLD_EVENTS.filter((name) => name !== 'connect.challenge')).length,
  })

  await manageDistantDevices(await open({ config: { trustedProxies: ['127.0.0.1'] } }))
  await meetLimits(await open({ config: { auth: { token: SHARED }, limits: TIGHT_LIMITS } }))
  const pairing = await open({})
  await loseTokens(pairing, pass)
  const password = await open({ config: { auth: { mode: 'password', password: SHARED } } })
  await refusedConnect(password, { device: makeDevice() })
  await refusedConnect(password, { device: makeDevice(), auth: { password: 'wrong' } })
  const none = await open({ config: { auth: { mode: 'none' } } })
  await refusedConnect(none, { client: { id: 'cli', mode: 'cli' } })
  await none.open().hello({ client: { id: 'gateway-client', mode: 'backend' }, scopes: ['operator.read'] })
  await none.open().hello({ device: makeDevice() })

  const judge = createFrameJudge()
  assert.deepEqual(
    tape.flatMap((client) => judge.judge(client)),
    [],
  )
  const { met } = judge
  t.diagnostic(`${met.frames} frames over ${tape.length} connections`)
  assert.deepEqual([...met.events].sort(), [...TOLD_EVENTS].sort(), 'events that never came')
  assert.deepEqual(
    [...met.results].sort(),
    ['connect', ...methodNames(STRANGER)].sort(),
    'methods that never succeeded',
  )
  for (const method of methodNames(STRANGER)) assert.ok(met.errors.has(method), `${method} never failed`)
  const told = Object.keys(DETAIL_CODES).filter((code) => !OUR_CODES.has(code))
  assert.deepEqual([...met.detailCodes].sort(), told.sort(), 'refusals that never came')
})

test('the gateway announces exactly the methods and events that clients of OpenClaw know from here', () => {
  assert.deepEqual(Object.keys(EVENT_PAYLOADS).sort(), [...TOLD_EVENTS].sort())
  assert.deepEqual(Object.keys(RESULT_PAYLOADS).sort(), ['connect', ...methodNames(STRANGER)].sort())
})
