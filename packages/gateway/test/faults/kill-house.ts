import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AuditList, AuditRow, AuditVerdict, DevicePairList } from '@pairgate/protocol/wire'
import { openOwner } from '../harness/owner-client.ts'
import { makeDevice, type TestDevice } from '../harness/test-device.ts'
import { openWireClient, type WireClient } from '../harness/wire-client.ts'
import { type OtherProcess, otherProcess } from '../house/other-process.ts'

const PROGRAM = new URL('./gateway-process.ts', import.meta.url)
const WRITERS = 4
const DEVICES_OF_A_WRITER = 2
const PAGE = 500
const scopes = ['operator.read']

export interface KillPlace {
  readonly stateDir: string
  readonly databaseUrl?: string
  /** A number from 0 up to, and without, `below`. */
  readonly dice: (below: number) => number
}

/** What was seen of one device: asked for, answered, written down. */
interface Known {
  readonly device: TestDevice
  /** Every event about it so far. */
  readonly events: AuditRow[]
  /** What was answered with yes since the last look, and what may or may not have happened. */
  answered: string[]
  asked: string | undefined
  /** The token that it fetched last, and one that has died. */
  token: string | undefined
  dead: string | undefined
}

type Act = readonly [kind: string, method: string, params: Readonly<Record<string, unknown>>]

/** A gateway that is killed again and again while several operators decide about several devices. */
export class KillHouse {
  readonly #place: KillPlace
  readonly #known: readonly Known[]
  #gateway: OtherProcess | undefined
  #url = ''
  #ownerSocket = ''
  #seq = 0
  #isKilled = false
  answers = 0

  constructor(place: KillPlace) {
    this.#place = place
    this.#known = Array.from({ length: WRITERS * DEVICES_OF_A_WRITER }, () => ({
      device: makeDevice(),
      events: [],
      answered: [],
      asked: undefined,
      token: undefined,
      dead: undefined,
    }))
    mkdirSync(place.stateDir, { recursive: true, mode: 0o700 })
    const limits = { pendingPerPeer: 1_000 }
    writeFileSync(join(place.stateDir, 'pairgate.json'), JSON.stringify({ gateway: { limits } }), {
      mode: 0o600,
    })
  }

  async start(): Promise<void> {
    const { stateDir, databaseUrl } = this.#place
    this.#gateway = otherProcess(PROGRAM, stateDir, ...(databaseUrl === undefined ? [] : [databaseUrl]))
    const [url = '', ownerSocket = ''] = (await this.#gateway.firstLine).split(' ')
    assert.match(url, /^ws:/, 'the gateway did not start')
    this.#isKilled = false
    this.#url = url
    this.#ownerSocket = ownerSocket
  }

  async kill(): Promise<void> {
    this.#isKilled = true
    await this.#gateway?.kill('SIGKILL')
    this.#gateway = undefined
  }

  #owner(): Promise<WireClient> {
    return openOwner({ ownerSocket: this.#ownerSocket, stateDir: this.#place.stateDir })
  }

  /** Decides until the gateway dies under it; `soon` is called when a few decisions were answered. */
  async decideUntilItDies(soon: () => void): Promise<void> {
    const wanted = this.answers + 3
    const owners = await Promise.all(Array.from({ length: WRITERS }, () => this.#owner()))
    const writers = owners.map(async (owner, n) => {
      const own = this.#known.slice(n * DEVICES_OF_A_WRITER, (n + 1) * DEVICES_OF_A_WRITER)
      try {
        for (;;) {
          const known = own[this.#place.dice(own.length)] ?? assert.fail('a writer without a device')
          await this.#actOn(owner, known)
          this.answers += 1
          if (this.answers >= wanted) soon()
        }
      } catch (error) {
        // Only what is wrong before the kill is for the test.
        if (!this.#isKilled) throw error
      }
    })
    await Promise.all(writers)
  }

  async #actOn(owner: WireClient, known: Known): Promise<void> {
    const [kind, method, params] = await this.#chooseAct(known)
    known.asked = kind
    const { ok, error } = await owner.request(method, params)
    assert.ok(ok, `${method}: ${JSON.stringify(error)}`)
    known.answered.push(kind)
    known.asked = undefined
  }

  async #chooseAct({ device, events, answered }: Known): Promise<Act> {
    const deviceId = device.id
    const state = stateOf([...events.map(({ kind }) => kind), ...answered])
    const token = { deviceId, role: 'operator' }
    const rename: Act = ['device-renamed', 'device.pair.rename', { deviceId, label: `label ${this.answers}` }]
    const remove: Act = ['device-removed', 'device.pair.remove', { deviceId }]
    const rotate: Act = ['token-rotated', 'device.token.rotate', token]
    const revoke: Act = ['token-revoked', 'device.token.revoke', token]
    if (state === 'live') {
      return [rename, rename, rotate, rotate, revoke, remove][this.#place.dice(6)] ?? rename
    }
    if (state === 'revoked' && this.#place.dice(3) === 0) return remove
    const requestId = await this.#ask(device)
    return ['pairing-approved', 'device.pair.approve', { requestId }]
  }

  async #ask(device: TestDevice): Promise<string> {
    const client = openWireClient(this.#url)
    const { error } = await client.connect({ device, scopes })
    client.socket.terminate()
    assert.equal(error?.details?.['code'], 'PAIRING_REQUIRED', JSON.stringify(error))
    return String(error?.details?.['requestId'])
  }

  /** Holds everything against everything: what was answered, the log, the lists, and the gates. */
  async check(): Promise<void> {
    const owner = await this.#owner()
    const verdict = await owner.call<AuditVerdict>('audit.verify')
    assert.ok(verdict.ok, JSON.stringify(verdict))
    for (const event of await this.#newEvents(owner)) this.#note(event)
    const { paired } = await owner.call<DevicePairList>('device.pair.list')
    for (const known of this.#known) {
      const { device, events } = known
      const state = stateOf(events.map(({ kind }) => kind))
      const row = paired.find(({ deviceId }) => deviceId === device.id)
      const listed = row
        ? row.tokens.some((token) => token.revokedAtMs === undefined)
          ? 'live'
          : 'revoked'
        : 'gone'
      assert.equal(listed, state, `the list and the log of ${device.id} differ`)
      assert.equal(row?.operatorLabel, row && labelOf(events))
      await this.#tryGates(known, state)
    }
    await owner.end()
  }

  async #newEvents(owner: WireClient): Promise<readonly AuditRow[]> {
    const found: AuditRow[] = []
    for (;;) {
      const before = found.at(-1)?.seq
      const page = await owner.call<AuditList>('audit.list', {
        limit: PAGE,
        ...(before !== undefined && { before }),
      })
      const fresh = page.events.filter(({ seq }) => seq > this.#seq)
      found.push(...fresh)
      if (fresh.length < PAGE) break
    }
    this.#seq = found[0]?.seq ?? this.#seq
    const rows = found.toReversed()
    for (const known of this.#known) this.#compare(known, rows)
    return rows
  }

  /** All that was answered is in the log, in that order, and behind it at most the one thing that was asked. */
  #compare(known: Known, rows: readonly AuditRow[]): void {
    const written = rows.filter((row) => row.deviceId === known.device.id && DECIDED.has(row.kind))
    const kinds = written.map(({ kind }) => kind)
    const { answered, asked } = known
    const unanswered = kinds.length > answered.length ? [asked ?? 'nothing'] : []
    assert.deepEqual(kinds, [...answered, ...unanswered], 'answered, and in the log')
    known.answered = []
    known.asked = undefined
  }

  #note(event: AuditRow): void {
    const known = this.#known.find(({ device }) => device.id === event.deviceId)
    if (!known || !DECIDED.has(event.kind)) return
    known.events.push(event)
    if (event.kind !== 'token-revoked' && event.kind !== 'device-removed') return
    known.dead = known.token ?? known.dead
    known.token = undefined
  }

  async #tryGates(known: Known, state: DeviceState): Promise<void> {
    const { device, token, dead } = known
    const open = async (deviceToken: string | undefined) => {
      const client = openWireClient(this.#url)
      const auth = deviceToken === undefined ? {} : { auth: { deviceToken } }
      const answer = await client.connect({ device, scopes, ...auth })
      client.socket.terminate()
      return answer
    }
    if (dead !== undefined) assert.equal((await open(dead)).ok, false, 'a revoked token was let in')
    const { ok, payload, error } = await open(token)
    assert.equal(ok, state === 'live', JSON.stringify(error))
    if (ok) known.token = String((payload as { auth: { deviceToken?: string } }).auth.deviceToken)
  }
}

type DeviceState = 'gone' | 'live' | 'revoked'

const STATE_AFTER: ReadonlyMap<string, DeviceState> = new Map([
  ['pairing-approved', 'live'],
  ['token-rotated', 'live'],
  ['token-revoked', 'revoked'],
  ['device-removed', 'gone'],
])
const DECIDED: ReadonlySet<string> = new Set([...STATE_AFTER.keys(), 'device-renamed'])

function stateOf(kinds: readonly string[]): DeviceState {
  const last = kinds.findLast((kind) => STATE_AFTER.has(kind))
  return (last !== undefined && STATE_AFTER.get(last)) || 'gone'
}

function labelOf(events: readonly AuditRow[]): string | undefined {
  const last = events.findLast(({ kind }) => kind === 'device-renamed' || kind === 'device-removed')
  return last?.after?.name
}
