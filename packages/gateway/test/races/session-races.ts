import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import type { ChatHistory, ChatSendResult } from '@pairgate/protocol/wire'
import { connectPaired, pair } from '../harness/pair.ts'
import { createRace, outcome, type RaceWorld } from './race-world.ts'

const WRITER = ['operator.write']
/** Fewer than elsewhere: each round pairs a device. */
const FEW_ROUNDS = 8

/** Two at once about sessions and their messages. */
export function sessionRaces(world: RaceWorld): void {
  const { gateway, alice, bob } = world

  async function openSession() {
    const key = `race-${randomUUID().slice(0, 13)}`
    await alice.call('sessions.create', { key })
    const member = await pair(gateway, { scopes: WRITER, approval: { session: key }, extended: true })
    return { key, ...member }
  }

  describe('two at once in a session', () => {
    test('who send under one key, on two connections of one device, make one message', async () => {
      const { device, token, client } = await openSession()
      const { client: second } = await connectPaired(gateway, {
        device,
        token,
        scopes: WRITER,
        extended: true,
      })
      for (let round = 0; round < FEW_ROUNDS; round += 1) {
        const params = { message: `m${round}`, idempotencyKey: `k${round}` }
        const answers = await Promise.all(
          [client, second, client, second].map((each) => each.call<ChatSendResult>('chat.send', params)),
        )
        for (const answer of answers) assert.deepEqual(answer, answers[0])
        assert.equal(answers[0]?.seq, round + 1)
      }
      assert.equal(second.events('chat').length, FEW_ROUNDS)
    })

    test('who send different texts under one key: one is there, and the other is told so', async () => {
      const { client } = await openSession()
      for (let round = 0; round < FEW_ROUNDS; round += 1) {
        const send = (message: string) =>
          client.request('chat.send', { message, idempotencyKey: `k${round}` })
        const answers = await Promise.all([send('one'), send('other')])
        assert.deepEqual(
          answers.map(({ error }) => error?.details?.['code']),
          [undefined, 'IDEMPOTENCY_CONFLICT'],
        )
      }
      assert.equal((await client.call<ChatHistory>('chat.history')).last, FEW_ROUNDS)
    })

    test('who make a session with one key: exactly one does', async () => {
      for (let round = 0; round < FEW_ROUNDS; round += 1) {
        const params = { key: `twice-${randomUUID().slice(0, 13)}` }
        const answers = await Promise.all([alice, bob].map((each) => each.request('sessions.create', params)))
        const codes = answers.map(({ ok, error }) => (ok ? 'made' : error?.details?.['code']))
        assert.deepEqual(codes.sort(), ['SESSION_EXISTS', 'made'])
      }
    })

    test('who write to main for the first time, make one session', async () => {
      await alice.request('sessions.delete', { key: 'main' })
      const send = (idempotencyKey: string) =>
        alice.call<ChatSendResult>('chat.send', { message: 'x', idempotencyKey })
      const sent = await Promise.all([randomUUID(), randomUUID(), randomUUID()].map(send))
      assert.deepEqual(sent.map(({ seq }) => seq).sort(), [1, 2, 3])
    })

    test('a message and the end of its session: nothing of it is left, whoever comes first', async () => {
      const race = createRace()
      for (let round = 0; round < FEW_ROUNDS; round += 1) {
        const { key, client } = await openSession()
        const [sent, deleting] = await race.start(
          () => client.post('chat.send', { message: 'late', idempotencyKey: 'k' }),
          () => alice.request('sessions.delete', { key, revokeTokens: true }),
        )
        assert.ok((await deleting).ok)
        race.wonByOne((await outcome(client, sent)).ok)
        assert.equal((await alice.fail('chat.history', { sessionKey: key })).message, 'unknown session')
        await alice.call('sessions.create', { key })
        assert.equal((await alice.call<ChatHistory>('chat.history', { sessionKey: key })).last, 0)
        assert.equal((await client.closed).code, 4001)
      }
    })

    test('a connect and the end of its session: no connection is left open', async () => {
      for (let round = 0; round < FEW_ROUNDS; round += 1) {
        const { key, device, token } = await openSession()
        const client = gateway.open()
        await client.challenge
        const connecting = client.connect({ device, auth: { deviceToken: token }, scopes: WRITER })
        const deleting = alice.request('sessions.delete', { key, revokeTokens: true })
        assert.ok((await deleting).ok)
        await connecting.catch(() => undefined)
        await client.closed
      }
    })
  })
}
