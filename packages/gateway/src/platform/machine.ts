import { existsSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import type { Machine } from '../config/bind-address.ts'

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  const inContainer = ['/.dockerenv', '/run/.containerenv'].some((mark) => existsSync(mark))
  return {
    interfaces: networkInterfaces(),
    inContainer: inContainer || Boolean(process.env['KUBERNETES_SERVICE_HOST']),
  }
}

/** What the machine calls itself: its host name, and the name that multicast DNS gives it. */
export function machineNames(): readonly string[] {
  const name = hostname()
  const [label = name] = name.split('.')
  return [name, `${label}.local`]
}
