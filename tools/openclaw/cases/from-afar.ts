import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Case, Stage } from '../case.ts'
import { describeChanges, type Look, look } from '../look.ts'
import type { Machine } from '../machines/machine.ts'
import { must } from '../situation.ts'

interface Story extends Omit<Case, 'program' | 'place' | 'play'> {
  tell(stage: Stage, machine: Machine): Promise<readonly string[]>
}

const TYPED = ['system', 'presence', '--json']

const STORIES: readonly Story[] = [
  {
    title: '`system presence --json`, from afar, until it is approved',
    there: 'exit 1; request new: operator [read]; exit 0',
    tell: (stage, machine) => pairs(stage, machine),
  },
  {
    title: '`system presence --json`, from afar, with the token that it has stored',
    there: 'exit 1; request new: operator [read]; exit 0; exit 0',
    tell: (stage, machine) => pairsAndAsks(stage, machine),
  },
  {
    title: '`system presence --json`, from afar, after its token was rotated, and again',
    there: 'exit 1; request new: operator [read]; exit 0; exit 1; exit 1',
    here: 'exit 1; request new: operator [read]; exit 0; exit 0; exit 0',
    why: 'rotating must not mean pairing again: with its last token it fetches the new one',
    tell: (stage, machine) => pairsAndAsks(stage, machine, 'device.token.rotate'),
  },
  {
    title: '`system presence --json`, from afar, after its token was revoked, and again',
    there: 'exit 1; request new: operator [read]; exit 0; exit 1; exit 1',
    tell: (stage, machine) => pairsAndAsks(stage, machine, 'device.token.revoke'),
  },
]

/** The command has a device of its own only where it is not on the gateway's machine. */
export const AFAR_CASES: readonly Case[] = STORIES.map(({ tell, ...row }) => ({
  ...row,
  program: 'OpenClaw',
  place: 'network',
  play: async (stage) => ({ text: (await tell(stage, stage.machine('OpenClaw'))).join('; ') }),
}))

/** Asks with the shared token, is approved, and comes again. */
async function pairs(stage: Stage, machine: Machine): Promise<readonly string[]> {
  const { gateway } = stage
  leadTo(stage, machine, { token: gateway.secret })
  const before = await look(gateway)
  const asked = await run(machine)
  const after = await look(gateway)
  const [request] = after.pending
  must(await gateway.call('device.pair.approve', { requestId: request?.requestId }))
  return [asked, ...describeChanges(before, after), await run(machine)]
}

/** The same, and then without the shared token: once, or twice after something was done to its own. */
async function pairsAndAsks(stage: Stage, machine: Machine, method?: string): Promise<readonly string[]> {
  const paired = await pairs(stage, machine)
  leadTo(stage, machine, {})
  if (method === undefined) return [...paired, await run(machine)]
  const { paired: devices }: Look = await look(stage.gateway)
  must(await stage.gateway.call(method, { deviceId: devices[0]?.deviceId, role: 'operator' }))
  return [...paired, await run(machine), await run(machine)]
}

function leadTo({ gateway }: Stage, { stateDir }: Machine, secret: object): void {
  const remote = { url: gateway.url, tlsFingerprint: gateway.tlsFingerprint, ...secret }
  const settings = { gateway: { mode: 'remote', remote } }
  writeFileSync(join(stateDir, 'openclaw.json'), JSON.stringify(settings), { mode: 0o600 })
}

async function run(machine: Machine): Promise<string> {
  return `exit ${(await machine.run(TYPED)).code}`
}
