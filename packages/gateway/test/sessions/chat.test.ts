import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { ChatHistory, ChatSendResult } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { connectPaired, type PairedDevice, pair } from '../harness/pair.ts'
import type { WireClient } from '../harness/wire-client.ts'

const gateway = await openGateway({ after }, { config: { limits: { pendingInAll: 10_000 } } })
const WRITER = ['operator.write']

const member = (session = 'new') => pair(gateway, { scopes: WRITER, approval: { session }, extended: true })
const sessionOf = ({ hello }: PairedDevice) => String(hello.auth.session)
const history = (client: WireClient, params: object = {}) => client.call<ChatHistory>('chat.history', params)
const textsOf = ({ messages }: ChatHistory) => messages.map(({ content }) => content[0]?.text)

let keys = 0
function send(client: WireClient, message: string, params: object = {}): Promise<ChatSendResult> {
  keys += 1
  return client.call('chat.send', { message, idempotencyKey: `key-${keys}`, ...params })
}

describe('the messages of a session', () => {
  test('are numbered from 1 in the order of their commits, and read the newest last', async () => {
    const one = await member()
    const other = await member(sessionOf(one))
    const clients = [one.client, other.client]
    const sent = await Promise.all(
      Array.from({ length: 20 }, (_, n) => send(clients[n % 2] as WireClient, `m${n}`)),
    )
    assert.deepEqual(
      sent.map(({ seq }) => seq).sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, n) => n + 1),
    )
    const all = await history(one.client)
    assert.deepEqual(
      all.messages.map(({ seq }) => seq),
      Array.from({ length: 20 }, (_, n) => n + 1),
    )
    assert.deepEqual([all.first, all.last, all.hasMore, all.sessionKey], [1, 20, false, sessionOf(one)])
    for (const { seq, messageId } of sent) assert.equal(all.messages[seq - 1]?.id, messageId)
    assert.deepEqual(await history(other.client), all)
    assert.deepEqual(
      new Set(all.messages.map(({ from }) => from)),
      new Set([`device:${one.device.id}`, `device:${other.device.id}`]),
    )
  })

  test('are read in pages that stay where they are while others write', async () => {
    const { client } = await member()
    for (let n = 1; n <= 7; n += 1) await send(client, `m${n}`)
    const newest = await history(client, { limit: 3 })
    assert.deepEqual([textsOf(newest), newest.hasMore], [['m5', 'm6', 'm7'], true])
    await send(client, 'm8')
    const older = await history(client, { limit: 3, before: newest.messages[0]?.seq })
    assert.deepEqual([textsOf(older), older.hasMore], [['m2', 'm3', 'm4'], true])
    const oldest = await history(client, { limit: 3, before: 2 })
    assert.deepEqual([textsOf(oldest), oldest.hasMore], [['m1'], false])
    const next = await history(client, { limit: 2, after: 5 })
    assert.deepEqual([textsOf(next), next.hasMore], [['m6', 'm7'], true])
    assert.deepEqual(textsOf(await history(client, { after: 2, before: 5 })), ['m3', 'm4'])
    assert.deepEqual(textsOf(await history(client, { after: 8 })), [])
  })

  test('are told to every connection of the session, in order, and a client that was away catches up', async () => {
    const one = await member()
    const other = await member(sessionOf(one))
    const sent = await Promise.all(['a', 'b', 'c'].map((text) => send(one.client, text)))
    await other.client.call('health')
    const heard = other.client.events('chat').map(({ payload }) => payload)
    assert.deepEqual(
      heard.map(({ seq }) => seq),
      [1, 2, 3],
    )
    assert.deepEqual(heard[0], {
      sessionKey: sessionOf(one),
      runId: sent[0]?.messageId,
      seq: 1,
      state: 'final',
      message: (await history(one.client)).messages[0],
    })
    await other.client.end()
    await send(one.client, 'd')
    const { client } = await connectPaired(gateway, {
      device: other.device,
      token: other.token,
      extended: true,
      scopes: WRITER,
    })
    assert.deepEqual(textsOf(await history(client, { after: 3 })), ['d'])
  })

  test('are told before the answer to whoever sent them', async () => {
    const { client } = await member()
    await send(client, 'hello')
    const names = client.received.map((frame) => (frame.type === 'res' ? frame.id : frame.event))
    assert.ok(names.indexOf('chat') < names.indexOf('r2'), names.join())
  })

  test('are not told to clients that do not know the event, to nodes, or without the scope', async () => {
    const one = await member()
    const approval = { session: sessionOf(one) }
    const [plain, node, blind] = [
      await pair(gateway, { scopes: WRITER, approval }),
      await pair(gateway, { role: 'node', approval, extended: true }),
      await pair(gateway, { scopes: ['operator.approvals'], approval, extended: true }),
    ]
    await send(one.client, 'hello')
    for (const { client } of [plain, node, blind]) {
      await client.call('health')
      assert.deepEqual(client.events('chat'), [])
    }
    assert.equal((await node.client.fail('chat.send', {})).message, 'unauthorized role: node')
    assert.equal((await node.client.fail('chat.history', {})).message, 'unauthorized role: node')
  })

  test('of any text come back as they were, and what cannot is refused', async () => {
    const { client } = await member()
    const texts = [
      '  spaces ',
      'ünï \u{1f600} \u202e',
      '\u0001\u001f',
      '{"a":1}',
      'x'.repeat(65_536),
      'é'.repeat(32_768),
    ]
    for (const text of texts) await send(client, text)
    assert.deepEqual(textsOf(await history(client)), texts)
    const refused = async (message: string) => client.fail('chat.send', { message, idempotencyKey: 'k' })
    assert.equal((await refused('x'.repeat(65_537))).details?.['code'], 'MESSAGE_TOO_BIG')
    assert.equal((await refused(`${'é'.repeat(32_768)}x`)).details?.['code'], 'MESSAGE_TOO_BIG')
    assert.equal((await refused('a\0b')).message, 'a message is well-formed text without NUL')
    assert.equal((await refused('\ud800')).message, 'a message is well-formed text without NUL')
    assert.equal((await history(client)).last, texts.length)
  })

  test('that are big come in pages that a slow reader can take', async () => {
    const { client } = await member()
    for (let n = 0; n < 40; n += 1) await send(client, `${n} ${'x'.repeat(65_000)}`)
    const page = await history(client, { after: 0, limit: 200 })
    assert.ok(page.hasMore && page.messages.length > 20)
    const rest = await history(client, { after: page.messages.at(-1)?.seq, limit: 200 })
    assert.equal(page.messages.length + rest.messages.length, 40)
  })
})

describe('what is sent twice', () => {
  test('is there once, with the same answer, also on another connection and after a restart', async () => {
    const one = await member()
    const params = { message: 'once', idempotencyKey: 'the-key' }
    const answers = [await one.client.call('chat.send', params), await one.client.call('chat.send', params)]
    const key = sessionOf(one)
    for (const sessionKey of ['main', 'agent:main:main', key])
      answers.push(await one.client.call('chat.send', { ...params, sessionKey }))
    await gateway.restart()
    const again = { device: one.device, token: one.token, extended: true, scopes: WRITER }
    const { client } = await connectPaired(gateway, again)
    answers.push(await client.call('chat.send', params))
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    assert.deepEqual(textsOf(await history(client)), ['once'])
    assert.deepEqual(await client.fail('chat.send', { ...params, message: 'twice' }), {
      code: 'INVALID_REQUEST',
      message: 'another message was sent under this idempotencyKey',
      details: { code: 'IDEMPOTENCY_CONFLICT' },
    })
    assert.deepEqual(textsOf(await history(client)), ['once'])
  })

  test('is told once', async () => {
    const { client } = await member()
    const params = { message: 'once', idempotencyKey: 'k' }
    await Promise.all([1, 2, 3].map(() => client.call('chat.send', params)))
    assert.equal(client.events('chat').length, 1)
  })

  test('is another message when another device sends it, or in another session', async () => {
    const one = await member()
    const other = await member(sessionOf(one))
    const far = await member()
    const params = { message: 'hello', idempotencyKey: 'k' }
    const ids = await Promise.all(
      [one, other, far].map(
        async ({ client }) => (await client.call<ChatSendResult>('chat.send', params)).messageId,
      ),
    )
    assert.equal(new Set(ids).size, 3)
    assert.equal((await history(one.client)).last, 2)
    assert.equal((await history(far.client)).last, 1)
  })
})

test('a caller of every session means the session main by it, which the first message makes', async () => {
  const owner = await gateway.owner()
  const before = await history(owner)
  assert.deepEqual([before.sessionKey, before.sessionId, before.last], ['main', undefined, 0])
  await send(owner, 'a secret word')
  const { sessionKey, sessionId, messages } = await history(owner, { sessionKey: 'agent:main:main' })
  assert.equal(sessionKey, 'main')
  assert.deepEqual(
    messages.map(({ from }) => from),
    ['owner'],
  )
  const { sessions } = await owner.call<{ sessions: { key: string; sessionId: string }[] }>('sessions.list')
  assert.equal(sessions.find(({ key }) => key === 'main')?.sessionId, sessionId)
  const { events } = await owner.call<{ events: object[] }>('audit.list', { kind: 'session-created' })
  assert.equal(events.length, 1)
  assert.equal(JSON.stringify(await owner.call('audit.list')).includes('secret word'), false)
})
