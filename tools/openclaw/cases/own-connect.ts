import assert from 'node:assert/strict'
import type { Case, Stage } from '../case.ts'
import { describeChanges, look } from '../look.ts'
import type { Ended, Machine } from '../machines/machine.ts'
import { inviteNode, must } from '../situation.ts'

interface ConnectStory extends Omit<Case, 'program' | 'play'> {
  tell(stage: Stage, device: Machine): Promise<readonly string[]>
}

/** There a code lets in OpenClaw's own programs at once, and others have to ask. */
const INVITED = {
  there: 'asks; exit 0; device new: node []',
  here: 'exit 0; device new: node []',
  why: 'a code lets in the one device that brings it; a client id is a word that anybody can say',
} as const

const STORIES: readonly ConnectStory[] = [
  {
    title: '`connect <link>`, approved if it has to ask',
    ...INVITED,
    tell: async (stage, device) => joins(stage, device, (await inviteNode(stage.gateway)).joinUrl),
  },
  {
    title: '`connect <setup code>`, approved if it has to ask',
    ...INVITED,
    tell: async (stage, device) => joins(stage, device, (await inviteNode(stage.gateway)).setupCode),
  },
  {
    title: '`connect`, until it is approved',
    there: 'asks; exit 0; device new: operator [read]',
    tell: (stage, device) => connects(stage, device),
  },
  {
    title: '`call health`, with the token that it has stored',
    there: 'asks; exit 0; device new: operator [read]; exit 0',
    async tell(stage, device) {
      return [...(await connects(stage, device)), exitOf(await callHealth(stage, device))]
    },
  },
  {
    title: '`call health`, after its token was rotated',
    there: 'asks; exit 0; device new: operator [read]; exit 1',
    here: 'asks; exit 0; device new: operator [read]; exit 0',
    why: 'rotating must not mean pairing again: with its last token it fetches the new one',
    tell: (stage, device) => callsAfter(stage, device, 'device.token.rotate'),
  },
  {
    title: '`call health`, after its token was revoked',
    there: 'asks; exit 0; device new: operator [read]; exit 1',
    tell: (stage, device) => callsAfter(stage, device, 'device.token.revoke'),
  },
  {
    title: '`connect`, until it is rejected',
    there: 'asks; exit 1',
    async tell(stage, device) {
      const { requestId, connecting } = await ask(stage, device)
      must(await stage.gateway.call('device.pair.reject', { requestId }))
      return ['asks', exitOf(await connecting.ended)]
    },
  },
]

export const CONNECT_CASES: readonly Case[] = STORIES.map(({ tell, ...row }) => ({
  ...row,
  program: 'Pairgate',
  play: async (stage) => ({ text: (await tell(stage, stage.machine('Pairgate'))).join('; ') }),
}))

async function ask(stage: Stage, device: Machine) {
  const connecting = device.start(['connect', '--json'], stage.env('Pairgate'))
  const [, requestId = ''] = await connecting.until(/"requestId":"([^"]+)"/)
  return { requestId, connecting }
}

async function connects(stage: Stage, device: Machine): Promise<readonly string[]> {
  const before = await look(stage.gateway)
  const { requestId, connecting } = await ask(stage, device)
  must(await stage.gateway.call('device.pair.approve', { requestId }))
  const ended = await connecting.ended
  return ['asks', exitOf(ended), ...describeChanges(before, await look(stage.gateway))]
}

async function joins({ gateway }: Stage, device: Machine, invitation: string): Promise<readonly string[]> {
  const before = await look(gateway)
  const joining = device.start(['connect', invitation, '--json'])
  const [, requestId] = await joining.until(/"event":"pending","requestId":"([^"]+)"|"deviceId"/)
  if (requestId !== undefined) must(await gateway.call('device.pair.approve', { requestId }))
  const asked = requestId === undefined ? [] : ['asks']
  return [...asked, exitOf(await joining.ended), ...describeChanges(before, await look(gateway))]
}

async function callsAfter(stage: Stage, device: Machine, method: string): Promise<readonly string[]> {
  const before = await connects(stage, device)
  const { paired } = await look(stage.gateway)
  assert.equal(paired.length, 1)
  must(await stage.gateway.call(method, { deviceId: paired[0]?.deviceId, role: 'operator' }))
  return [...before, exitOf(await callHealth(stage, device))]
}

/** Without the shared secret: by what the device has stored. */
function callHealth({ gateway }: Stage, device: Machine): Promise<Ended> {
  return device.run(['call', 'health', '--url', gateway.url])
}

function exitOf({ code }: Ended): string {
  return `exit ${code}`
}
