import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startPostgres } from '@pairgate/store/testing'
import { temporaryDir } from '../house/temporary-dir.ts'
import { KillHouse } from './kill-house.ts'

/** Over both SQLite gateways together; `PAIRGATE_KILL_ROUNDS=200` for a long evening. */
const ROUNDS = Number(process.env['PAIRGATE_KILL_ROUNDS'] ?? 30)
const POSTGRES_ROUNDS = Math.ceil(ROUNDS / 6)
/** The longest time from the first answers of a round to its kill. */
const LONGEST_MS = 80

/** A round takes less than a second on an idle machine, and several on a busy one. */
const LIMIT_MS = 60_000 + 5_000 * ROUNDS

const server = await startPostgres({ after })

/** Numbers that a seed repeats. */
function createDice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

async function killAgainAndAgain(context: TestContext, rounds: number, databaseUrl?: string): Promise<void> {
  const seed = randomInt(2 ** 31)
  const dice = createDice(seed)
  const stateDir = join(temporaryDir(context), 'state')
  const house = new KillHouse({ stateDir, dice, ...(databaseUrl !== undefined && { databaseUrl }) })
  context.after(() => house.kill())
  const began = performance.now()
  await house.start()
  for (let round = 0; round < rounds; round += 1) {
    const { promise: isBusy, resolve } = Promise.withResolvers<void>()
    const deciding = house.decideUntilItDies(resolve)
    await Promise.race([isBusy, deciding])
    await pause(dice(LONGEST_MS))
    await house.kill()
    await deciding
    await house.start()
    await house.check()
  }
  assert.ok(house.answers >= 3 * rounds)
  const ms = Math.round(performance.now() - began)
  context.diagnostic(
    `${rounds} kills, ${house.answers} decisions answered, none lost or halved, ${ms} ms, seed ${seed}`,
  )
}

test('a gateway that is killed under load loses nothing that it answered, and does nothing by halves', {
  timeout: LIMIT_MS,
}, async (context) => {
  const half = Math.ceil(ROUNDS / 2)
  await Promise.all([killAgainAndAgain(context, half), killAgainAndAgain(context, ROUNDS - half)])
})

test('neither does one whose database is on a server', { timeout: LIMIT_MS }, async (context) => {
  await killAgainAndAgain(context, POSTGRES_ROUNDS, await server.freshDatabase())
})
