import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DeviceId, hours, type Instant } from '@pairgate/protocol'
import type { Guest } from '../domain/guest.ts'
import type { StoreReader } from '../ports/store.ts'
import { createGuestBook, type Visit } from './guest-book.ts'

const METADATA = {
  displayName: undefined,
  platform: undefined,
  deviceFamily: undefined,
  clientId: 'cli',
  clientMode: 'cli',
}

function visit(n: number, changes: Partial<Visit> = {}): Visit {
  const deviceId = String(n) as DeviceId
  const from = { metadata: METADATA, remoteIp: '192.0.2.1' }
  return { deviceId, ...from, role: 'operator', scopes: ['operator.read'], ...changes }
}

function openBook({ room = 10, stored = [] as readonly Guest[] } = {}) {
  const world = {
    now: 1_000,
    fails: false,
    reads: 0,
    written: new Map<string, Guest>(),
    trims: [] as number[],
  }
  const refuse = () => {
    if (world.fails) throw new Error('the database is away')
  }
  const book = createGuestBook({
    store: {
      read: {
        async listGuests() {
          refuse()
          world.reads += 1
          return stored
        },
      } as Partial<StoreReader> as StoreReader,
      async saveGuests(guests) {
        refuse()
        for (const guest of guests) world.written.set(guest.key, guest)
      },
      trimGuests: async (before) => void world.trims.push(before),
      forgetGuest: async (only) => void world.written.delete(only),
    },
    clock: { now: () => world.now as Instant, steady: () => world.now as Instant },
    room,
    keepMs: 500,
  })
  return { book, world }
}

test('visits and calls of one guest are one row, and are added to what was written before', async () => {
  const first = openBook()
  const key = first.book.arrived(visit(1))
  first.book.called(key, 'status')
  first.world.now = 1_200
  first.book.arrived(visit(1, { role: 'node', scopes: [] }))
  first.book.called(key, 'status')
  await first.book.write()
  const [row] = first.world.written.values()
  assert.deepEqual(row, {
    ...METADATA,
    key: '1',
    deviceId: '1',
    remoteIp: '192.0.2.1',
    firstAt: 1_000,
    lastAt: 1_200,
    connects: 2,
    roles: ['operator', 'node'],
    scopes: [],
    methods: { status: 2 },
  })

  const second = openBook({ stored: [row as Guest] })
  second.world.now = 5_000
  second.book.called(second.book.arrived(visit(1)), 'health')
  const [one, two] = await Promise.all([second.book.list(), second.book.list()])
  assert.deepEqual(one, two)
  assert.deepEqual(one.guests[0]?.methods, { status: 2, health: 1 })
  assert.deepEqual(
    [one.guests[0]?.connects, one.guests[0]?.firstAt, one.guests[0]?.lastAt],
    [3, 1_000, 5_000],
  )
  assert.equal(second.world.reads, 1)
})

test('whoever comes to a full book is counted, and pushes nobody out', async () => {
  const { book } = openBook({ room: 2 })
  for (const n of [1, 2, 3, 3, 1]) book.called(book.arrived(visit(n)), 'status')
  const { guests, unlisted } = await book.list()
  assert.deepEqual(guests.map(({ key }) => key).sort(), ['1', '2'])
  assert.equal(unlisted, 2)
})

test('a flood right behind a start pushes nobody out who was here before it', async () => {
  const before = openBook()
  before.book.arrived(visit(1))
  await before.book.write()
  const { book, world } = openBook({ room: 2, stored: [...before.world.written.values()] })
  for (const n of [2, 3, 3, 4]) book.arrived(visit(n))
  await book.write()
  const { guests, unlisted } = await book.list()
  assert.deepEqual(guests.map(({ key }) => key).sort(), ['1', '2'])
  assert.deepEqual([...world.written.keys()], ['2'])
  assert.equal(unlisted, 3)
})

test('clients without a key are told apart by what they say and where they are', async () => {
  const { book } = openBook()
  const nobody = { deviceId: undefined }
  book.arrived(visit(0, nobody))
  book.arrived(visit(0, nobody))
  book.arrived(visit(0, { ...nobody, remoteIp: undefined }))
  book.arrived(visit(0, { ...nobody, metadata: { ...METADATA, clientId: 'other' } }))
  assert.deepEqual((await book.list()).guests.map(({ connects }) => connects).sort(), [1, 1, 2])
})

test('what could not be written or read is tried again, and nothing is lost by it', async () => {
  const { book, world } = openBook()
  world.fails = true
  book.arrived(visit(1))
  await assert.rejects(book.write())
  await assert.rejects(book.list())
  world.fails = false
  await book.write()
  assert.equal(world.written.get('1')?.connects, 1)
})

test('old guests go once an hour, and one who is forgotten is written no more', async () => {
  const { book, world } = openBook()
  book.arrived(visit(1))
  await book.write()
  await book.write()
  assert.equal(world.trims.length, 1)
  world.now += hours(1)
  book.arrived(visit(2))
  await book.write()
  assert.deepEqual(world.trims, [500, 1_000 + hours(1) - 500])
  assert.deepEqual(
    (await book.list()).guests.map(({ key }) => key),
    ['2'],
  )
  book.arrived(visit(2))
  await book.forget('2' as DeviceId)
  await book.write()
  assert.equal(world.written.has('2'), false)
})
