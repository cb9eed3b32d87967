import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Case, Outcome, Program, Stage } from './case.ts'
import { keysOf } from './json-keys.ts'
import { describeChanges, look } from './look.ts'
import type { Gateway } from './machines/gateway.ts'
import { type Ended, lastLine } from './machines/machine.ts'

/** What stands in angle brackets in a title, by its name. */
type Names = Readonly<Record<string, string>>

export interface CommandCase extends Omit<Case, 'program' | 'title' | 'play'> {
  /** What is typed; a word in angle brackets is filled in. */
  readonly typed: string
  /** What the title says beside that. */
  readonly when?: string
  readonly given?: (gateway: Gateway) => Promise<Names>
  /** Must be said, on either stream; names in angle brackets are filled in. */
  readonly says?: string
  /** Where the JSON output must have something. */
  readonly keys?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

/** A case that is one command: its exit code, what it changed and what it said. */
export function commandCase(program: Program, command: CommandCase): Case {
  const { typed, when, there, here, why } = command
  return {
    program,
    title: when === undefined ? `\`${typed}\`` : `\`${typed}\`, ${when}`,
    there,
    ...(here !== undefined && { here }),
    ...(why !== undefined && { why }),
    play: (stage) => play(program, command, stage),
  }
}

async function play(program: Program, command: CommandCase, stage: Stage): Promise<Outcome> {
  const { gateway } = stage
  const names: Names = { unknown: randomUUID(), ...(await command.given?.(gateway)) }
  const before = await look(gateway)
  const args = command.typed.split(' ').map((word) => fill(word, names))
  const ended = await stage.machine(program).run(args, { ...stage.env(program), ...command.env })
  const after = await look(gateway)

  if (command.says !== undefined) {
    const wanted = fill(command.says, names)
    assert.ok(
      (ended.stdout + ended.stderr).includes(wanted),
      `it does not say: ${command.says}; ${lastLine(ended.stderr)}`,
    )
  }
  const isJson = command.keys !== undefined
  const keys = isJson ? keysOf(parse(ended)) : undefined
  for (const key of command.keys ?? [])
    assert.ok(keys?.has(key), `its JSON has no ${key}; ${lastLine(ended.stderr)}`)
  const text = [`exit ${ended.code}`, ...describeChanges(before, after)].join('; ')
  return keys ? { text, keys } : { text }
}

function parse({ stdout }: Ended): unknown {
  try {
    return JSON.parse(stdout)
  } catch {
    throw new Error('its output is no JSON')
  }
}

function fill(text: string, names: Names): string {
  return text.replace(/<(\w+)>/g, (whole, name: string) => names[name] ?? whole)
}
