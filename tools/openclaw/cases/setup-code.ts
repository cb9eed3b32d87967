import type { Case, Program, Stage } from '../case.ts'
import { askAsDevice, createKey } from '../machines/wire.ts'

/** Which program shows a code, and whether the gateway has heard of it. */
export const SETUP_CODE_CASES: readonly Case[] = [
  {
    program: 'OpenClaw',
    title: '`qr --json`, which asks no gateway',
    there: 'exit 0; the gateway does not know its code',
    play: (stage) => showCode('OpenClaw', stage),
  },
  {
    program: 'Pairgate',
    title: '`qr --json`, which asks the gateway',
    there: 'exit 0; the gateway knows its code',
    play: (stage) => showCode('Pairgate', stage),
  },
]

async function showCode(program: Program, stage: Stage) {
  const { url } = stage.gateway
  const args = ['qr', '--json', '--public-url', url]
  const { code, stdout } = await stage.machine(program).run(args, stage.env(program))
  const { setupCode, gatewayUrl } = JSON.parse(stdout)
  if (gatewayUrl !== url) throw new Error('the code leads to another gateway')
  const { bootstrapToken } = JSON.parse(Buffer.from(setupCode, 'base64url').toString())
  const ask = { key: createKey(), role: 'node', scopes: [], auth: { bootstrapToken } } as const
  const answer = await askAsDevice(stage.gateway, ask)
  const isUnknown = !answer.ok && answer.error.details?.['code'] === 'AUTH_BOOTSTRAP_TOKEN_INVALID'
  return { text: `exit ${code}; the gateway ${isUnknown ? 'does not know' : 'knows'} its code` }
}
