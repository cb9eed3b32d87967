import type { Command, CommanderError } from 'commander'
import { CommandError } from './output/command-error.ts'

/** A command line that cannot be meant, in the words of OpenClaw (cli fact 1). */
export function usageError(command: Command, error: CommanderError): CommandError {
  const path = pathOf(command)
  const [subject] = /'([^']*)'/.exec(error.message)?.slice(1) ?? []
  const suggestion = /\(Did you mean (?:one of )?(.+?)\?\)/.exec(error.message)?.[1]
  const hint = suggestion === undefined ? [] : [`Did you mean ${suggestion}?`]
  return new CommandError(sentence(error.code, path, subject ?? '', error.message), {
    next: [...hint, `Try: ${path} --help`],
  })
}

function sentence(code: string, path: string, subject: string, message: string): string {
  switch (code) {
    case 'commander.unknownOption':
      return `OpenClaw does not recognize option "${subject}".`
    case 'commander.unknownCommand':
      return `${path.replace(/^openclaw/, 'OpenClaw')} has no command "${subject}".`
    case 'commander.missingArgument':
      return `Missing required argument "${subject}".`
    case 'commander.missingMandatoryOptionValue':
      return `Missing required option "${subject}".`
    case 'commander.optionMissingArgument':
      return `Option "${subject}" needs a value.`
    case 'commander.excessArguments':
      return `Too many arguments for ${path}.`
    default:
      return message.replace(/^error: /, '')
  }
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}
