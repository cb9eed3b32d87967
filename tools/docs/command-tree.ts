import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { root } from './markdown.ts'

/** One command as its own help describes it. */
export interface HelpedCommand {
  /** `openclaw devices list`. */
  readonly path: string
  /** What follows its options in the usage line, such as `[requestId]`. */
  readonly args: string
  /** As help writes them: `--url <url>`. */
  readonly flags: readonly string[]
  readonly children: readonly string[]
}

const run = promisify(execFile)

/** Every command of the real program, by path, asked from its help one by one. */
export async function readCommandTree(): Promise<ReadonlyMap<string, HelpedCommand>> {
  const found = new Map<string, HelpedCommand>()
  let level = ['openclaw']
  while (level.length > 0) {
    const commands = await Promise.all(level.map(readHelp))
    for (const command of commands) found.set(command.path, command)
    level = commands.flatMap(({ path, children }) => children.map((name) => `${path} ${name}`))
  }
  return found
}

async function readHelp(path: string): Promise<HelpedCommand> {
  const words = path.split(' ').slice(1)
  const { stdout } = await run(process.execPath, ['packages/cli/bin/openclaw.js', ...words, '--help'], {
    cwd: root,
    // The sources, so that an old bundle cannot speak for them; `npm test` has just built one.
    env: { PAIRGATE_FROM_SOURCE: '1', ...process.env, NO_COLOR: '1' },
  })
  const usage = /^Usage: (.*)$/m.exec(stdout)?.[1] ?? ''
  return {
    path,
    args: usage.replace(path, '').replace('[options]', '').replace('[command]', '').trim(),
    flags: entriesOf(stdout, 'Options'),
    children: entriesOf(stdout, 'Commands')
      .map((entry) => entry.split(' ')[0] ?? '')
      .filter((name) => name !== 'help'),
  }
}

/** The left column of one part of a help text; wrapped descriptions are indented further. */
function entriesOf(help: string, title: string): string[] {
  const [, part = ''] = new RegExp(`^${title}:\\n((?: {2}.*\\n)+)`, 'm').exec(help) ?? []
  return [...part.matchAll(/^ {2}(\S.*?)(?: {2,}.*)?$/gm)].map(([, entry = '']) => entry)
}
