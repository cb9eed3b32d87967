import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs a script of this folder in its own process and answers with what it printed. */
export async function runScript(name: string, ...args: readonly string[]): Promise<string> {
  const script = fileURLToPath(new URL(name, import.meta.url))
  return (await run(process.execPath, [script, ...args])).stdout
}
