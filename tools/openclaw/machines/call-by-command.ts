import { createMachine } from './machine.ts'
import type { Answer, Door } from './wire.ts'

export interface PinnedDoor extends Door {
  readonly tlsFingerprint: string
  /** The command of this checkout, which can hold a gateway against a pin. */
  readonly entry: string
}

/** One call from the gateway's own machine, over TLS. */
export async function callByCommand(door: PinnedDoor, method: string, params: object): Promise<Answer> {
  const { url, secret, tlsFingerprint, entry } = door
  const machine = createMachine(entry)
  const pin = ['--tls-fingerprint', tlsFingerprint]
  const args = [
    'call',
    method,
    '--params',
    JSON.stringify(params),
    '--json',
    ...pin,
    '--scope',
    'operator.admin',
  ]
  const env = { OPENCLAW_GATEWAY_URL: url, OPENCLAW_GATEWAY_TOKEN: secret }
  const { code, stdout } = await machine.run(args, env)
  machine.remove()
  const said = JSON.parse(stdout)
  return code === 0 ? { ok: true, payload: said } : { ok: false, error: said.error }
}
