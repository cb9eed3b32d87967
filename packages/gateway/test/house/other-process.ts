import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface OtherProcess {
  /** What it says first. */
  readonly firstLine: Promise<string>
  kill(signal: NodeJS.Signals): Promise<void>
}

/** Runs a program in a process of its own. */
export function otherProcess(program: URL, ...args: readonly string[]): OtherProcess {
  const child = spawn(process.execPath, [fileURLToPath(program), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  return {
    firstLine: firstLineOf(child),
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill(signal)
      await ended
    },
  }
}

async function firstLineOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) return ''
  const lines = createInterface({ input: child.stdout })
  const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close').then(() => [''])])
  return String(line)
}
