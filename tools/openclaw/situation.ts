import { look } from './look.ts'
import type { Gateway } from './machines/gateway.ts'
import { type Answer, type Ask, askAsDevice, createKey, type Key, type Payload } from './machines/wire.ts'

export interface Asked {
  readonly key: Key
  readonly requestId: string
}

type What = Partial<Pick<Ask, 'role' | 'scopes' | 'key'>>

/** A device that asks and waits. */
export async function fileRequest(gateway: Gateway, what: What = {}): Promise<Asked> {
  const key = what.key ?? createKey()
  const { role = 'operator', scopes = role === 'node' ? [] : ['operator.read'] } = what
  const answer = await askAsDevice(gateway, { key, role, scopes })
  const requestId = answer.ok ? undefined : answer.error.details?.['requestId']
  if (typeof requestId !== 'string') throw new Error('the device should have to ask')
  return { key, requestId }
}

/** A device that was let in and has fetched its token. */
export async function pairDevice(gateway: Gateway, what: What = {}): Promise<Key> {
  const { key, requestId } = await fileRequest(gateway, what)
  must(await gateway.call('device.pair.approve', { requestId }))
  const { role = 'operator', scopes = role === 'node' ? [] : ['operator.read'] } = what
  must(await askAsDevice(gateway, { key, role, scopes }))
  return key
}

/** A setup code for a node, and the link behind which it lies. */
export async function inviteNode(gateway: Gateway): Promise<{ joinUrl: string; setupCode: string }> {
  const params = { bootstrapProfile: 'node', includeQr: false, joinUrl: true }
  const { joinUrl, setupCode } = must(await gateway.call('device.pair.setupCode', params))
  return { joinUrl: String(joinUrl), setupCode: String(setupCode) }
}

/** Leaves nothing behind for the next case. */
export async function tidy(gateway: Gateway): Promise<void> {
  const { pending, paired } = await look(gateway)
  for (const { requestId } of pending) await gateway.call('device.pair.reject', { requestId })
  for (const { deviceId } of paired) await gateway.call('device.pair.remove', { deviceId })
  // The last admin goes only where the gateway is.
  if (gateway.side === 'here') await gateway.host.run(['devices', 'clear', '--yes'])
  const left = await look(gateway)
  if (left.pending.length + left.paired.length > 0) throw new Error('something of this case is left')
}

export function must(answer: Answer): Payload {
  if (answer.ok) return answer.payload
  throw new Error(`the gateway refused: ${answer.error.message}`)
}
