import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { getHeapSpaceStatistics } from 'node:v8'
import { boundYoungSpace } from './bound-young-space.ts'

// The bound is one of the whole process, so this file also is the program that is looked at.
const BUSY = 'busy'
if (process.argv[2] === BUSY) {
  boundYoungSpace()
  process.stdout.write(String(await fillYoungSpace()))
} else {
  test('the room for short-lived objects stays small, unless somebody has chosen another', () => {
    assert.ok(mostMegabytes() <= 20)
    assert.ok(mostMegabytes('--max-semi-space-size=32') > 20)
  })
}

function mostMegabytes(...flags: readonly string[]): number {
  const args = [...flags, import.meta.filename, BUSY]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  assert.notEqual(stdout, '', stderr)
  return Number(stdout)
}

/** Makes objects that live for a while, a few in each turn. */
async function fillYoungSpace(): Promise<number> {
  const living = new Array<unknown>(200_000)
  let made = 0
  let most = 0
  for (let turn = 0; turn < 150; turn += 1) {
    for (let n = 0; n < 5_000; n += 1) {
      made += 1
      living[made % living.length] = { made, pair: [made, turn] }
    }
    await setImmediate()
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
    most = Math.max(most, young?.space_size ?? 0)
  }
  return most / 1024 ** 2
}
