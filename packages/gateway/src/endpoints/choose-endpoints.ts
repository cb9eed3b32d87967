import { parseGatewayUrl, socketUrl, type TlsPin } from '@pairgate/protocol'
import type { Bind, Machine } from '../config/bind-address.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { parseSocketIp } from '../http/ip-address.ts'
import { reachOf } from './reach.ts'

/** An address that a device may be given, and the setting that it comes from. */
export interface Endpoint {
  /** `ws://` or `wss://`. */
  readonly url: string
  readonly source: string
  /** Of the gateway's own certificate, for which no authority vouches. */
  readonly tlsPin?: TlsPin | undefined
}

export interface EndpointFacts {
  /** `gateway.pairing.publicUrl` */
  readonly publicUrl: string | undefined
  readonly bindMode: GatewayConfig['bind']
  readonly bind: Bind
  readonly port: number
  readonly machine: Machine
  /** What the certificate is for; `undefined` without TLS. */
  readonly certificateNames: readonly string[] | undefined
  readonly tlsPin?: TlsPin | undefined
}

/** Bridges and tunnels of containers and virtual machines: nobody outside of this machine is there. */
const VIRTUAL = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|cni|flannel|lxc|podman)/
const MOST = 8

/**
 * Where devices reach this gateway, the best address first; never none. What the operator says is the only
 * one, because behind a proxy the others lead past it.
 */
export function chooseEndpoints(facts: EndpointFacts): readonly Endpoint[] {
  const said = facts.publicUrl === undefined ? undefined : parseGatewayUrl(facts.publicUrl)
  if (said) return [{ url: socketUrl(said), source: 'gateway.pairing.publicUrl' }]
  const source = facts.bind.isLoopback ? 'local loopback' : `gateway.bind=${facts.bindMode}`
  const hosts = namedByCertificate(reachableHosts(facts), facts.certificateNames)
  const { tlsPin } = facts
  return hosts.slice(0, MOST).map((host) => ({ url: urlOf(host, facts), source, ...(tlsPin && { tlsPin }) }))
}

function reachableHosts({ bind, machine }: EndpointFacts): readonly string[] {
  // Its second address leads to the same place.
  if (bind.isLoopback) return bind.hosts.slice(0, 1)
  // `0.0.0.0` listens everywhere, and is the address of nothing.
  const hosts = bind.hosts.flatMap((host) =>
    host === '0.0.0.0' || host === '::' ? outwardAddresses(machine) : [host],
  )
  const outward = hosts.filter((host) => reachOf(host) !== 'machine')
  return outward.length > 0 ? outward : ['127.0.0.1']
}

function outwardAddresses({ interfaces }: Machine): readonly string[] {
  const found = Object.entries(interfaces).flatMap(([name, all]) =>
    (all ?? []).map(({ address }) => ({ address, rank: rankOf(name, address) })),
  )
  return found
    .filter(({ rank }) => rank < UNUSABLE)
    .sort((one, other) => one.rank - other.rank)
    .map(({ address }) => address)
}

const UNUSABLE = 9

/** The private network first; what other machines cannot reach by this number, not at all. */
function rankOf(name: string, text: string): number {
  const address = parseSocketIp(text)
  if (address?.kind() !== 'ipv4' || address.range() === 'linkLocal') return UNUSABLE
  if (reachOf(text) === 'machine') return UNUSABLE
  const isVirtual = VIRTUAL.test(name) ? 2 : 0
  return isVirtual + (reachOf(text) === 'private' ? 0 : 1)
}

/** A certificate is for names: with another one every device would refuse the connection. */
function namedByCertificate(
  hosts: readonly string[],
  names: readonly string[] | undefined,
): readonly string[] {
  if (!names) return hosts
  const covered = hosts.filter((host) => names.includes(host))
  if (covered.length > 0) return covered
  const isNear = hosts.every((host) => reachOf(host) === 'machine')
  const fitting = names.filter((name) => isNear === (reachOf(name) === 'machine'))
  return fitting.length > 0 ? fitting : hosts
}

function urlOf(host: string, { port, certificateNames }: EndpointFacts): string {
  const scheme = certificateNames ? 'wss' : 'ws'
  const address = parseGatewayUrl(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`)
  return address ? socketUrl(address) : `${scheme}://127.0.0.1:${port}`
}
