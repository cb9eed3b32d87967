import type { Gateway } from '../machines/gateway.ts'
import { createKey } from '../machines/wire.ts'
import { fileRequest, must, pairDevice } from '../situation.ts'

/** A request and a paired device. */
export async function both(gateway: Gateway) {
  return { ...(await paired(gateway)), ...(await asked(gateway)) }
}

export async function asked(gateway: Gateway) {
  const { key, requestId } = await fileRequest(gateway)
  return { request: requestId, device: key.id }
}

export async function askedForAdmin(gateway: Gateway) {
  const { requestId } = await fileRequest(gateway, { scopes: ['operator.admin'] })
  return { request: requestId }
}

export async function askedForMuch(gateway: Gateway) {
  const { requestId } = await fileRequest(gateway, { scopes: ['operator.read', 'operator.write'] })
  return { request: requestId }
}

export async function askedAsNode(gateway: Gateway) {
  const { requestId } = await fileRequest(gateway, { role: 'node' })
  return { request: requestId }
}

/** A paired device that asks for more, and says again what it has. */
export async function askedForMore(gateway: Gateway) {
  const key = await pairDevice(gateway)
  const { requestId } = await fileRequest(gateway, { key, scopes: ['operator.read', 'operator.write'] })
  return { request: requestId }
}

/** The same, but it does not say again what it has. */
export async function askedForOther(gateway: Gateway) {
  const key = await pairDevice(gateway)
  const { requestId } = await fileRequest(gateway, { key, scopes: ['operator.approvals'] })
  return { request: requestId }
}

export async function paired(gateway: Gateway) {
  return { device: (await pairDevice(gateway, { scopes: ['operator.read', 'operator.write'] })).id }
}

export async function pairedAdmin(gateway: Gateway) {
  return { device: (await pairDevice(gateway, { scopes: ['operator.admin'] })).id }
}

export async function pairedNode(gateway: Gateway) {
  return { device: (await pairDevice(gateway, { role: 'node' })).id }
}

export async function revoked(gateway: Gateway) {
  const { id } = await pairDevice(gateway)
  must(await gateway.call('device.token.revoke', { deviceId: id, role: 'operator' }))
  return { device: id }
}

export async function nobody() {
  return { device: createKey().id }
}
