import type { Case, Stage } from '../case.ts'
import { type Answer, type Ask, askAsDevice, type Key } from '../machines/wire.ts'
import { pairDevice } from '../situation.ts'
import { pairArgs, placeOf, whileJoined } from './run-node.ts'

interface Device extends Pick<Ask, 'role' | 'scopes'> {
  readonly name: string
}

/** What a device has kept of OpenClaw's gateway when it comes to the one that took over. */
interface Kept {
  readonly key: Key
  readonly token: string
}

const DEVICES: readonly Device[] = [
  { name: 'an operator', role: 'operator', scopes: ['operator.read', 'operator.write'] },
  { name: 'an admin', role: 'operator', scopes: ['operator.admin'] },
  { name: 'a node', role: 'node', scopes: [] },
]

const SAME = 'after `migrate` the pairing goes on'

/** Devices of a gateway of OpenClaw whose state is taken over: nobody pairs again, nobody is locked out. */
export const MOVED_CASES: readonly Case[] = [...DEVICES.map(wireCase), nodeHostCase()]

function wireCase(device: Device): Case {
  let kept: Kept | undefined
  return {
    program: 'Pairgate',
    place: 'moved',
    title: `\`migrate --apply\`: ${device.name} comes back`,
    there: 'in with its token',
    here: 'in with its token, in after an answer that was lost, in with the one it got',
    why: SAME,
    async play(stage) {
      if (kept) return { text: await comesBack(stage, device, kept) }
      const key = await pairDevice(stage.gateway, device)
      const token = tokenOf(await connect(stage, device, { key }))
      kept = { key, token }
      const answer = await connect(stage, device, kept)
      return { text: `${inOrOut(answer)} with its token` }
    },
  }
}

/** The real node, which knows no more than that its gateway was away. */
function nodeHostCase(): Case {
  let isPaired = false
  return {
    program: 'Pairgate',
    place: 'moved',
    title: '`migrate --apply`: `node run` comes back',
    there: 'connected',
    here: 'connected, connected again',
    why: SAME,
    async play(stage) {
      const node = stage.machine('OpenClaw')
      const join = async (args: readonly string[]) =>
        (await whileJoined(stage, node, { args, meanwhile: async () => [] })).join()
      if (isPaired) return { text: `${await join(placeOf(stage))}, ${await join(placeOf(stage))} again` }
      isPaired = true
      return { text: await join(await pairArgs(stage)) }
    },
  }
}

async function comesBack(stage: Stage, device: Device, kept: Kept): Promise<string> {
  // The token of this answer is not kept, as if it had never come.
  const lost = await connect(stage, device, kept)
  const again = await connect(stage, device, kept)
  const own = await connect(stage, device, { key: kept.key, token: tokenOf(again) })
  return [
    `${inOrOut(lost)} with its token`,
    `${inOrOut(again)} after an answer that was lost`,
    `${inOrOut(own)} with the one it got`,
  ].join(', ')
}

function connect(
  { gateway }: Stage,
  device: Device,
  has: Partial<Kept> & Pick<Kept, 'key'>,
): Promise<Answer> {
  return askAsDevice(gateway, askOf(device, has))
}

/** As OpenClaw's clients do it: a stored token stands in both fields. */
function askOf({ role, scopes }: Device, { key, token }: Partial<Kept> & Pick<Kept, 'key'>): Ask {
  return { key, role, scopes, ...(token !== undefined && { auth: { token, deviceToken: token } }) }
}

function inOrOut(answer: Answer): string {
  return answer.ok ? 'in' : `out (${answer.error.details?.['code']})`
}

function tokenOf(answer: Answer): string {
  const { deviceToken } = answer.ok ? (answer.payload['auth'] as { readonly deviceToken?: string }) : {}
  if (deviceToken === undefined) throw new Error('the device should get a token')
  return deviceToken
}
