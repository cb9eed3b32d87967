import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { connectParams } from '../harness/connect-params.ts'
import type { GatewayOfTest } from '../harness/gateway-of-test.ts'
import type { HeldTime } from '../harness/hold-time.ts'
import { openWireClient, type WireClient, type WireResponse } from '../harness/wire-client.ts'
import { eventually, within } from '../harness/within.ts'
import { type ConnectWords, readConnectWords } from './connect-words.ts'
import { createNames, type Names } from './names.ts'
import { ofGateway, ofOwner, readParams } from './play-host.ts'
import { prepare } from './prepare.ts'
import type { Scenario, Step } from './read-scenarios.ts'
import { tellOutcome, tellTogether } from './tell-outcome.ts'

/** A step that came out otherwise. */
export interface Difference {
  readonly place: string
  readonly there: string
  readonly here: string
}

export interface Stage {
  readonly gateway: GatewayOfTest
  /** Only for scenarios in which time passes. */
  readonly time: HeldTime | undefined
}

/** A connection of a scenario. */
interface Line {
  readonly client: WireClient
  readonly posted: string[]
  greeted: boolean
}

interface PendingRow {
  readonly requestId: string
  readonly deviceId: string
}

interface Play extends Stage {
  readonly names: Names
  readonly lines: Map<string, Line>
  /** Connections that were let in there and not here: their later steps have nobody to take them. */
  readonly missing: Set<string>
}

/** Takes every step of a scenario and tells what came out otherwise than it was recorded. */
export async function playScenario(scenario: Scenario, stage: Stage): Promise<readonly Difference[]> {
  const play: Play = { ...stage, names: createNames(), lines: new Map(), missing: new Set() }
  const found: Difference[] = []
  try {
    for (const given of scenario.givens) await prepare(given, play)
    for (const step of scenario.steps) {
      if (play.missing.has(step.who)) continue
      const here = await takeStep(step, play)
      if (step.there === undefined || here === step.there) continue
      found.push({ place: step.place, there: step.there, here })
      if (step.verb === 'connect') await reconcile(step, here, play)
    }
    return [...found, ...(await findUnexpectedEnds(scenario, play))]
  } finally {
    for (const { client } of play.lines.values()) client.socket.terminate()
  }
}

async function takeStep(step: Step, play: Play): Promise<string> {
  const { who, verb, rest, there = '' } = step
  if (who === 'gateway') return ofGateway(step, play)
  if (who === 'owner') return ofOwner(step, play)
  switch (verb) {
    case 'connect':
      return connect(who, readWords(rest, play), play, there)
    case 'repeat': {
      const line = await openLine(who, { remote: false }, play)
      line.client.send(lineOf(play, rest).client.sent[0])
      return finishConnect(line, await answerOf(line, 'r1'), play.names, there)
    }
    case 'open':
      return open(who, rest, play)
    case 'post':
      return post(who, rest, play)
    case 'answers':
      return answers(who, there, play)
    case 'raw':
      return raw(play.lines.get(who) ?? (await openLine(who, { remote: false }, play)), rest, play, there)
    case 'closed':
      return closed(lineOf(play, who))
    case 'end':
      return String((await lineOf(play, who).client.end()).code)
    case 'get':
      return String((await fetch(play.gateway.url.replace('ws:', 'http:') + play.names.fill(rest))).status)
    default:
      return call(step, play)
  }
}

function readWords(text: string, { gateway, names }: Play): ConnectWords {
  return readConnectWords(text, names, gateway.url.replace('ws:', 'http:'))
}

function lineOf({ lines }: Play, who: string): Line {
  const line = lines.get(who)
  assert.ok(line, `nobody is called ${who}`)
  return line
}

async function openLine(
  who: string,
  { remote, ...options }: ConnectWords['open'],
  play: Play,
): Promise<Line> {
  const { url, port } = play.gateway
  // The proxy of these tests comes over the other loopback, so that the first stays direct.
  const client = openWireClient(remote ? `ws://[::1]:${port}` : url, options)
  const line: Line = { client, posted: [], greeted: false }
  play.lines.set(who, line)
  // A refusal before the WebSocket is told by the end of the connection, not by the missing challenge.
  await client.challenge.catch(() => client.closed)
  return line
}

async function connect(who: string, words: ConnectWords, play: Play, there: string): Promise<string> {
  try {
    const line = await openLine(who, words.open, play)
    const challenge = await line.client.challenge
    const id = line.client.post('connect', connectParams(challenge, words.options(challenge.ts)))
    return await finishConnect(line, await answerOf(line, id), play.names, there)
  } catch (error) {
    return httpRefusal(error)
  }
}

async function finishConnect(
  line: Line,
  response: WireResponse | undefined,
  names: Names,
  there: string,
): Promise<string> {
  const outcome = tellOutcome(response, names, there)
  if (response?.ok) {
    line.greeted = true
    return outcome
  }
  return `${outcome}; ${(await within(line.client.closed, () => 'the close')).code}`
}

function httpRefusal(error: unknown): string {
  const status = /^Unexpected server response: (\d+)$/.exec(error instanceof Error ? error.message : '')?.[1]
  if (status === undefined) throw error
  return `http ${status}`
}

/** The answer with this id, or nothing when the connection ended before it. */
async function answerOf({ client }: Line, id: string): Promise<WireResponse | undefined> {
  const over = client.closed.then(() => client.received.find((f) => f.type === 'res' && f.id === id))
  return (await Promise.race([client.response(id).catch(() => over), over])) as WireResponse | undefined
}

/**
 * Goes on with a story that took another turn here: where a device was let in there and has to ask here,
 * the owner says yes and it comes again; who came in only here leaves.
 */
async function reconcile({ who, rest, there = '' }: Step, here: string, play: Play): Promise<void> {
  const [letInThere, letInHere] = [there.startsWith('hello'), here.startsWith('hello')]
  if (letInHere && !letInThere) {
    await lineOf(play, who).client.end()
    play.lines.delete(who)
  }
  if (letInHere || !letInThere) return
  if (!here.includes('PAIRING_REQUIRED')) {
    play.missing.add(who)
    return
  }
  const owner = await play.gateway.owner()
  const { pending } = await owner.call<{ readonly pending: readonly PendingRow[] }>('device.pair.list')
  const device = play.names.device(/device=(\S+)/.exec(rest)?.[1] ?? '')
  const own = pending.find(({ deviceId }) => deviceId === device.id)
  await owner.call('device.pair.approve', { requestId: own?.requestId })
  await owner.end()
  const again = await connect(who, readWords(rest, play), play, there)
  assert.match(again, /^hello/, `${who} was approved and is not let in`)
}

async function open(who: string, rest: string, play: Play): Promise<string> {
  const count = Number(/^\*(\d+)$/.exec(rest)?.[1] ?? 1)
  const { open: options } = readWords(`any/any ${rest.startsWith('*') ? '' : rest}`, play)
  try {
    for (let i = 1; i <= count; i += 1) {
      await openLine(count === 1 ? who : `${who}-${i}`, { ...options, remote: false }, play)
    }
    return 'open'
  } catch (error) {
    return httpRefusal(error)
  }
}

async function call({ who, verb, rest, there = '' }: Step, play: Play): Promise<string> {
  const line = play.lines.get(who) ?? (await openLine(who, { remote: false }, play))
  const method = verb === 'connect-again' ? 'connect' : verb
  const id = line.client.post(method, readParams(rest, play.names))
  return tellOutcome(await answerOf(line, id), play.names, there)
}

/** Sends without waiting: `method {…} *3`, or a connect and in one write what follows, `connect … + health *15`. */
async function post(who: string, rest: string, play: Play): Promise<string> {
  const [first = '', behind = ''] = rest.split(' + ')
  if (!first.startsWith('connect ')) {
    postMany(lineOf(play, who), first, play.names)
    return 'posted'
  }
  const words = readWords(first.slice('connect '.length), play)
  const line = await openLine(who, words.open, play)
  const { client } = line
  const challenge = await client.challenge
  const { _socket: below } = client.socket as unknown as { readonly _socket: Socket }
  below.cork()
  line.posted.push(client.post('connect', connectParams(challenge, words.options(challenge.ts))))
  postMany(line, behind, play.names)
  below.uncork()
  return 'posted'
}

function postMany({ client, posted }: Line, text: string, names: Names): void {
  const [, said = '', times = '1'] = /^(.*?)(?: \*(\d+))?$/.exec(text) ?? []
  const [, method = '', body = ''] = /^(\S+) ?(.*)$/.exec(said) ?? []
  for (let i = 0; i < Number(times); i += 1) posted.push(client.post(method, readParams(body, names)))
}

/** What became of everything that was posted, by one connection or by several at once. */
async function answers(who: string, there: string, play: Play): Promise<string> {
  const waited = who.split('+').flatMap((name) => {
    const line = lineOf(play, name)
    return line.posted.splice(0).map((id) => answerOf(line, id))
  })
  const outcomes = (await Promise.all(waited)).map((response) => tellOutcome(response, play.names, there))
  return tellTogether(outcomes)
}

async function raw(line: Line, text: string, { names }: Play, there: string): Promise<string> {
  const answered = () => line.client.received.filter((frame) => frame.type === 'res')
  const before = answered().length
  const [, letter, times] = /^(.)\*(\d+)$/.exec(text) ?? []
  line.client.sendRaw(letter === undefined ? text : letter.repeat(Number(times)))
  if (there === '') return 'sent'
  await eventually(() => answered().length > before, 'an answer')
  return tellOutcome(answered()[before], names, there)
}

/** The code that a connection was closed with, or that it is still served. */
async function closed({ client, greeted }: Line): Promise<string> {
  const over = within(client.closed, () => 'the close').then(({ code }) => String(code))
  if (!greeted) return over
  return Promise.race([
    over,
    client.request('health').then(
      () => 'open',
      () => over,
    ),
  ])
}

async function findUnexpectedEnds({ id, steps }: Scenario, play: Play): Promise<readonly Difference[]> {
  const ended = new Set(steps.filter(({ verb }) => verb === 'closed' || verb === 'end').map(({ who }) => who))
  const found: Difference[] = []
  for (const [who, line] of play.lines) {
    if (!line.greeted || ended.has(who)) continue
    const here = await closed(line)
    if (here !== 'open') found.push({ place: `${id} ${who} closed`, there: 'open', here })
  }
  return found
}
