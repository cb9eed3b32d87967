import type { X509Certificate } from 'node:crypto'
import { parseIp } from '../http/ip-address.ts'

/** Who a certificate is made for. */
export interface CertificateNames {
  readonly dns: readonly string[]
  readonly ip: readonly string[]
}

export interface NamesOfMachine {
  /** Host name and name of multicast DNS. */
  readonly names: readonly string[]
  readonly addresses: readonly string[]
}

/** A machine with many containers has many addresses; nobody calls the gateway by all of them. */
const MOST_ADDRESSES = 64

/** Loopback, the machine's own names and addresses, and `gateway.allowedHosts`. */
export function certificateNames(
  { names, addresses }: NamesOfMachine,
  allowedHosts: readonly string[],
): CertificateNames {
  const configured = splitHosts(allowedHosts)
  const own = addresses.filter((address) => !/^fe80:/i.test(address)).slice(0, MOST_ADDRESSES)
  return {
    dns: [...new Set(['localhost', ...names.map(lower).filter(isHostName), ...configured.dns])],
    ip: [...new Set(['127.0.0.1', '::1', ...own, ...configured.ip])],
  }
}

/** Whether the certificate names everything that the operator has configured. */
export function namesAll(certificate: X509Certificate, allowedHosts: readonly string[]): boolean {
  const { dns, ip } = splitHosts(allowedHosts)
  return (
    dns.every((name) => certificate.checkHost(name, { wildcards: false }) !== undefined) &&
    ip.every((address) => certificate.checkIP(address) !== undefined)
  )
}

function splitHosts(hosts: readonly string[]): CertificateNames {
  const addresses = hosts.map((host) => parseIp(host)?.toString())
  return {
    dns: hosts
      .filter((_, at) => addresses[at] === undefined)
      .map(lower)
      .filter(isHostName),
    ip: addresses.filter((address) => address !== undefined),
  }
}

function isHostName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name)
}

function lower(name: string): string {
  return name.toLowerCase()
}
