import { ROLES, SCOPES } from '@pairgate/protocol'
import type { Command, Option } from 'commander'

/** A word that may stand under the cursor, and what it is for. */
export interface Candidate {
  readonly word: string
  readonly about: string
}

/** What may follow an option whose values are known; the program itself judges them when it runs. */
const VALUES: Readonly<Record<string, readonly string[]>> = { '--role': ROLES, '--scope': SCOPES }

/**
 * What may stand in place of the last of `words`, which may be the beginning of a word or nothing yet.
 * `words` are those behind the name of the program.
 */
export function completeWords(program: Command, words: readonly string[]): readonly Candidate[] {
  const before = words.slice(0, -1)
  const typed = words.at(-1) ?? ''
  return candidatesOf(follow(program, before), typed).filter(({ word }) => word.startsWith(typed))
}

/** The command that the words lead to, the option that still waits for its value, and the arguments so far. */
interface Place {
  readonly command: Command
  readonly option: Option | undefined
  readonly given: number
}

function follow(program: Command, words: readonly string[]): Place {
  let command = program
  let option: Option | undefined
  let given = 0
  for (const word of words) {
    const child = option?.variadic || !option ? childOf(command, word) : undefined
    if (word.startsWith('-')) option = openOption(command, word)
    else if (child) [command, option, given] = [child, undefined, 0]
    else if (!option) given += 1
    else if (!option.variadic) option = undefined
  }
  return { command, option, given }
}

function childOf(command: Command, name: string): Command | undefined {
  return visible(command).find((child) => child.name() === name)
}

/** `--url` waits for a value, `--url=x` has one, `--json` takes none. */
function openOption(command: Command, word: string): Option | undefined {
  const option = command.options.find(({ long, short }) => long === word || short === word)
  return option && (option.required || option.optional) ? option : undefined
}

function candidatesOf({ command, option, given }: Place, typed: string): readonly Candidate[] {
  if (option && !typed.startsWith('-'))
    return (VALUES[option.long ?? ''] ?? []).map(named(option.description))
  if (!typed.startsWith('-')) {
    const argument = command.registeredArguments[given]
    const choices = (argument?.argChoices ?? []).map(named(argument?.description ?? ''))
    const commands = visible(command).map((child) => ({ word: child.name(), about: child.description() }))
    return [...commands, ...choices]
  }
  const help = { word: '--help', about: 'show help' }
  const options = command.options.filter(({ hidden, long }) => !hidden && long)
  return [...options.map(({ long, description }) => ({ word: String(long), about: description })), help]
}

function visible(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command)
}

function named(about: string) {
  return (word: string): Candidate => ({ word, about })
}
