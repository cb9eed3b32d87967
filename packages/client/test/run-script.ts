import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs a script in a process of its own and answers with what it printed. */
export async function runScript(script: URL, ...args: readonly string[]): Promise<string> {
  return (await run(process.execPath, [fileURLToPath(script), ...args])).stdout
}
