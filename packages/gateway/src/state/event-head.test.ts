import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryDir } from '../../test/house/temporary-dir.ts'
import { createLog } from '../platform/log.ts'
import { createHeadKeeper, readHead, writeHead } from './event-head.ts'

const log = createLog({ level: 'silent', destination: process.stderr })
const head = (seq: number) => ({ epoch: 1, seq, mac: seq.toString(16).padStart(64, '0') })

function keeperIn(context: TestContext) {
  const path = join(temporaryDir(context), 'event-head.json')
  return { path, keeper: createHeadKeeper({ path, log, saved: head(0) }) }
}

test('a head comes back as it was written, and there is none before', async (context) => {
  const { path } = keeperIn(context)
  assert.equal(await readHead(path), undefined)
  await writeHead(path, head(7))
  assert.deepEqual(await readHead(path), head(7))
})

test('who waits finds a head on the disk that is no older than what was noted', async (context) => {
  const { path, keeper } = keeperIn(context)
  await keeper.written()
  let last = 0
  const noted = Array.from({ length: 200 }, async (_, n) => {
    if (n % 3 === 0) await new Promise(setImmediate)
    last += 1
    const mine = last
    keeper.note(head(mine))
    await keeper.written()
    const { seq } = JSON.parse(readFileSync(path, 'utf8'))
    assert.ok(seq >= mine, `${seq} is on the disk, ${mine} was noted`)
  })
  await Promise.all(noted)
  assert.equal(keeper.head.seq, JSON.parse(readFileSync(path, 'utf8')).seq)
})

test('a note that could not be written is written when somebody waits again', async (context) => {
  const path = join(temporaryDir(context), 'nowhere', 'event-head.json')
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const keeper = createHeadKeeper({ path, log: createLog({ level: 'error', destination }), saved: head(0) })
  keeper.note(head(1))
  await keeper.written()
  assert.match(lines.join(), /could not be noted/)
  mkdirSync(join(path, '..'))
  await keeper.written()
  assert.deepEqual(await readHead(path), head(1))
})
