import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'rolldown'
import type { StoreJob } from '../load/store-work.ts'
import type { LoadResult } from '../load/timed-window.ts'
import { startWorker } from '../machine/children.ts'
import { compareRivals } from './compare-rivals.ts'
import type { Measure } from './measure.ts'

const PAIRS = 3
const ROUND_MS = 400

/** The two operations that everything else stands on, bundled like the product, beside the bare engine. */
export const measureStore: Measure = async ({ workshop }) => {
  const { stateDir, devices } = await workshop.seededState('store', { devices: 1_000, withKeys: 1_000 })
  const keysFile = join(workshop.dir, 'store-keys.json')
  const hashes = devices.map(({ token }) => createHash('sha256').update(token).digest('hex'))
  writeFileSync(keysFile, JSON.stringify({ hashes, deviceIds: devices.map(({ id }) => id) }))

  const worker = startWorker<StoreJob, LoadResult>(await bundleWorker(workshop.dir))
  const run = (work: StoreJob['work']) => () =>
    worker.run({ database: join(stateDir, 'pairgate.db'), keysFile, work, ms: ROUND_MS })
  const find = await compareRivals(run('find'), run('bare-find'), PAIRS)
  const mutate = await compareRivals(run('mutate'), run('bare-mutate'), PAIRS)
  await worker.stop()
  return [
    { id: 'store.find', value: find.rate, note: `bare ${find.bareRate.toFixed(0)}/s` },
    { id: 'store.find-ratio', value: find.rateRatio, note: find.rateSpread },
    { id: 'store.mutate', value: mutate.rate, note: `bare ${mutate.bareRate.toFixed(0)}/s` },
    { id: 'store.mutate-ratio', value: mutate.rateRatio, note: mutate.rateSpread },
  ]
}

async function bundleWorker(dir: string): Promise<string> {
  const file = join(dir, 'store-work.mjs')
  await build({
    input: fileURLToPath(import.meta.resolve('../load/store-work.ts')),
    platform: 'node',
    tsconfig: false,
    transform: { target: 'node24' },
    output: { file, format: 'esm', codeSplitting: false },
  })
  return pathToFileURL(file).href
}
