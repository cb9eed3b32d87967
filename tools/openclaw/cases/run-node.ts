import type { Stage } from '../case.ts'
import { look } from '../look.ts'
import type { Machine, Running } from '../machines/machine.ts'
import { inviteNode } from '../situation.ts'

const CONNECTED = /node host gateway connected/

export async function pairArgs({ gateway }: Stage): Promise<readonly string[]> {
  return ['node', 'run', '--pair', (await inviteNode(gateway)).setupCode]
}

/** For a node that has a token. */
export function placeOf({ gateway }: Stage): readonly string[] {
  return ['node', 'run', '--host', '127.0.0.1', '--port', String(gateway.port)]
}

export interface Join {
  readonly args: readonly string[]
  readonly meanwhile: (running: Running) => Promise<readonly string[]>
}

/** A gateway shows a device as connected, and only then goes what happens meanwhile on. */
export async function whileJoined({ gateway }: Stage, node: Machine, join: Join): Promise<readonly string[]> {
  const running = node.start(join.args)
  try {
    await running.until(CONNECTED)
    const { paired } = await look(gateway)
    if (!paired.some(({ connected }) => connected)) throw new Error('the gateway does not show it')
    return ['connected', ...(await join.meanwhile(running))]
  } finally {
    await running.stop()
  }
}
