import type { Case, Outcome, Stage } from '../case.ts'
import { describeChanges, look } from '../look.ts'
import type { Machine } from '../machines/machine.ts'
import { inviteNode, must } from '../situation.ts'
import { pairArgs, placeOf, whileJoined } from './run-node.ts'

/** Whichever comes: it is back, or it has given up. */
const BACK_OR_OUT = /closed \(\d+\)[\s\S]*?(gateway connected|reconnect paused[^\n]*detail=(\w+))/

interface NodeStory extends Omit<Case, 'program' | 'play'> {
  tell(stage: Stage, node: Machine): Promise<readonly string[]>
}

const STORIES: readonly NodeStory[] = [
  {
    title: '`connect <link>`',
    there: 'connected; device new: node []',
    tell: async (stage, node) => joins(stage, node, ['connect', (await inviteNode(stage.gateway)).joinUrl]),
  },
  {
    title: '`connect <link>`, which was used before',
    there: 'exit 1',
    async tell({ gateway }, node) {
      const { joinUrl } = await inviteNode(gateway)
      if (!(await fetch(joinUrl)).ok) throw new Error('the link should be good once')
      return fails(await node.run(['connect', joinUrl]), 'join code was not found or has expired')
    },
  },
  {
    title: '`connect <setup code>`',
    there: 'connected; device new: node []',
    tell: async (stage, node) => joins(stage, node, ['connect', (await inviteNode(stage.gateway)).setupCode]),
  },
  {
    title: '`node run --pair <setup code>`',
    there: 'connected; device new: node []',
    tell: async (stage, node) => joins(stage, node, await pairArgs(stage)),
  },
  {
    title: '`node run --pair <setup code>`, which another node has used',
    there: 'out: AUTH_BOOTSTRAP_TOKEN_INVALID',
    async tell(stage, node) {
      const args = await pairArgs(stage)
      await whileJoined(stage, stage.machine('OpenClaw', 'another'), { args, meanwhile: async () => [] })
      const running = node.start(args)
      const [, detail] = await running.until(/reconnect paused[^\n]*detail=(\w+)/)
      await running.stop()
      return [`out: ${detail}`]
    },
  },
  {
    title: '`node run`, with the token that it has stored',
    there: 'connected; connected',
    async tell(stage, node) {
      const first = await whileJoined(stage, node, { args: await pairArgs(stage), meanwhile: async () => [] })
      return [...first, ...(await joins(stage, node, placeOf(stage)))]
    },
  },
  {
    title: '`node run`, while the gateway starts again',
    there: 'connected; back in',
    tell: async (stage, node) =>
      whileJoined(stage, node, {
        args: await pairArgs(stage),
        meanwhile: async (running) => {
          await stage.gateway.restart()
          return [backOrOut(await running.until(BACK_OR_OUT))]
        },
      }),
  },
  {
    title: '`node run`, while its token is rotated',
    there: 'connected; out: AUTH_DEVICE_TOKEN_MISMATCH; node token rotated',
    here: 'connected; back in; node token rotated',
    why: 'rotating must not mean pairing again: with its last token it fetches the new one',
    tell: (stage, node) => afterCall(stage, node, 'device.token.rotate'),
  },
  {
    title: '`node run`, while its token is revoked',
    there: 'connected; out: AUTH_DEVICE_TOKEN_MISMATCH; node token revoked',
    tell: (stage, node) => afterCall(stage, node, 'device.token.revoke'),
  },
  {
    title: '`node run`, while it is removed',
    there: 'connected; out: AUTH_DEVICE_TOKEN_MISMATCH; device gone',
    tell: (stage, node) => afterCall(stage, node, 'device.pair.remove'),
  },
  {
    title: '`node run --pair <setup code>`, after its token was revoked',
    there:
      'connected; out: AUTH_DEVICE_TOKEN_MISMATCH; node token revoked; connect failed: role upgrade pending approval',
    here: 'connected; out: AUTH_DEVICE_TOKEN_MISMATCH; node token revoked; connected',
    why: 'an operator who makes a code for a device that was revoked lets it in again',
    async tell(stage, node) {
      const before = await afterCall(stage, node, 'device.token.revoke')
      const running = node.start(await pairArgs(stage))
      const [, how] = await running.until(/node host gateway (connected|connect failed: [^(\n]*)/)
      await running.stop()
      return [...before, String(how).trim()]
    },
  },
]

export const NODE_CASES: readonly Case[] = STORIES.map(({ tell, ...row }) => ({
  ...row,
  program: 'OpenClaw',
  play: async (stage): Promise<Outcome> => ({
    text: (await tell(stage, stage.machine('OpenClaw'))).join('; '),
  }),
}))

/** Starts a node, and says what its coming has changed. */
async function joins(stage: Stage, node: Machine, args: readonly string[]): Promise<readonly string[]> {
  const before = await look(stage.gateway)
  const meanwhile = async () => describeChanges(before, await look(stage.gateway))
  return whileJoined(stage, node, { args, meanwhile })
}

async function afterCall(stage: Stage, node: Machine, method: string): Promise<readonly string[]> {
  const { gateway } = stage
  return whileJoined(stage, node, {
    args: await pairArgs(stage),
    meanwhile: async (running) => {
      const before = await look(gateway)
      const deviceId = before.paired.find(({ connected }) => connected)?.deviceId
      const role = method === 'device.pair.remove' ? {} : { role: 'node' }
      must(await gateway.call(method, { deviceId, ...role }))
      const fate = backOrOut(await running.until(BACK_OR_OUT))
      return [fate, ...describeChanges(before, await look(gateway))]
    },
  })
}

function backOrOut([, fate, detail]: RegExpExecArray): string {
  return fate === 'gateway connected' ? 'back in' : `out: ${detail}`
}

function fails(ended: { readonly code: number | null; readonly stderr: string }, wanted: string) {
  if (!ended.stderr.includes(wanted)) throw new Error(`it does not say: ${wanted}`)
  return [`exit ${ended.code}`]
}
