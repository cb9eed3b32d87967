import { CASES } from './cases/all-cases.ts'
import { findOpenClaw } from './machines/install.ts'
import { killChildren } from './machines/machine.ts'
import { playCases } from './play-cases.ts'
import { isExpected, tellDifference, writePage } from './table.ts'

/** `npm run test:openclaw`; with words behind it only the cases that have one of them in their line. */
async function run(words: readonly string[]): Promise<void> {
  const openclaw = await findOpenClaw(process.env)
  const chosen = CASES.filter(({ program, title }) => isNamed(`${program}: ${title}`, words))
  const played = await playCases(chosen, openclaw)
  const wrong = played.filter((one) => !isExpected(one))
  for (const one of wrong) console.log(`✖ ${tellDifference(one)}`)
  writePage(CASES, played)
  console.log(`${played.length - wrong.length} of ${played.length} as expected.`)
  if (wrong.length > 0) process.exitCode = 1
}

function isNamed(line: string, words: readonly string[]): boolean {
  return words.length === 0 || words.some((word) => line.includes(word))
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    killChildren()
    process.exit(1)
  })
await run(process.argv.slice(2)).finally(killChildren)
