import { type Command, CommanderError } from 'commander'
import { EXIT } from './exit-codes.ts'
import { CommandError } from './output/command-error.ts'

/** Commands of OpenClaw's gateway that keep a service of the system, which is left to the system here. */
const SERVICE_COMMANDS: readonly string[] = ['start', 'stop', 'restart', 'install', 'uninstall']
const SERVICE_ADVICE =
  'It is no service of its own: openclaw gateway run runs it until Ctrl+C or SIGTERM, under any supervisor.'

/** A command line that cannot be meant, in the words of OpenClaw (cli fact 1). */
export function usageError(command: Command, error: CommanderError): CommandError {
  const path = pathOf(command)
  const [subject] = /'([^']*)'/.exec(error.message)?.slice(1) ?? []
  const suggestion = /\(Did you mean (?:one of )?(.+?)\?\)/.exec(error.message)?.[1]
  const guess = suggestion === undefined ? [] : [`Did you mean ${suggestion}?`]
  const elsewhere = path === 'openclaw gateway' && SERVICE_COMMANDS.includes(subject ?? '')
  return new CommandError(sentence(error.code, path, subject ?? '', error.message), {
    next: [...(elsewhere ? [SERVICE_ADVICE] : guess), `Try: ${path} --help`],
  })
}

/** Of `openclaw help <word>`: the parser itself shows the help of the whole group. */
export function unknownCommand(group: Command, word: string): CommandError {
  return usageError(group, new CommanderError(EXIT.failed, 'commander.unknownCommand', `'${word}'`))
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
    case 'commander.invalidArgument':
      return choiceSentence(message, subject)
    default:
      return message.replace(/^error: /, '')
  }
}

/** Only arguments with choices are judged by the parser; flags have sentences of their own. */
function choiceSentence(message: string, received: string): string {
  const [, name, choices] = /for argument '([^']+)'\. Allowed choices are (.+)\.$/.exec(message) ?? []
  return name === undefined
    ? message.replace(/^error: /, '')
    : `Invalid <${name}>. Use one of: ${choices}. Received: "${received}".`
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}
