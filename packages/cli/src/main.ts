import { Command, CommanderError } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { addAuditCommands } from './commands/audit.ts'
import { addBackupCommands } from './commands/backup.ts'
import { addCallCommand } from './commands/call.ts'
import { jsonStyleOf } from './commands/common-options.ts'
import { addCompletionCommand } from './commands/completion.ts'
import { addConfigCommands } from './commands/config.ts'
import { addConnectCommand } from './commands/connect.ts'
import { addDashboardCommand } from './commands/dashboard.ts'
import { addDevicesCommands } from './commands/devices.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addFetchCommand } from './commands/fetch.ts'
import { addGatewayCommands } from './commands/gateway.ts'
import { addMigrateCommand } from './commands/migrate.ts'
import { addPairCommands } from './commands/pair.ts'
import { addQrCommand } from './commands/qr.ts'
import { addRecoverCommand } from './commands/recover.ts'
import { addSessionsCommands } from './commands/sessions.ts'
import { addTokenCommand } from './commands/token.ts'
import { EXIT } from './exit-codes.ts'
import { printFailure } from './output/print-error.ts'
import { unknownCommand, usageError } from './usage-error.ts'

/** Runs one command line. The exit code is left in `process.exitCode`, so that all output is written first. */
export async function main(argv: readonly string[]): Promise<void> {
  // `openclaw devices list | head -1` is no failure: whoever reads has seen enough.
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(EXIT.ok)
    process.stderr.write(`Standard output cannot be written (${code}).\n`)
    process.exit(EXIT.failed)
  })

  hideSecrets(argv)

  const output = { complaint: '' }
  const program = createProgram(output)
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) printFailure(error, jsonStyleOf(program, argv))
    // A group of commands without one of them is a question, and its help the answer.
    else if (error.code === 'commander.help') process.stdout.write(output.complaint)
  }
}

function createProgram(output: { complaint: string }): Command {
  const program = new Command('openclaw')
    .description(
      'Device-pairing gateway: every device pairs once, every request is checked, every token can be revoked.',
    )
    .version(manifest.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show the help of a command')
    // What stands behind a command is about that command: `pair list --json` is about the list.
    .enablePositionalOptions()
    .configureOutput({
      writeErr: (text) => {
        output.complaint += text
      },
    })
  addDevicesCommands(program)
  addSessionsCommands(program)
  addConnectCommand(program)
  addPairCommands(program)
  addQrCommand(program)
  addDashboardCommand(program)
  addTokenCommand(program)
  addFetchCommand(program)
  addGatewayCommands(program)
  addDoctorCommand(program)
  addConfigCommands(program)
  addAuditCommands(program)
  addBackupCommands(program)
  addRecoverCommand(program)
  addMigrateCommand(program)
  addCallCommand(program)
  addCompletionCommand(program)
  program.addHelpText('after', '\nStart here:\n  $ openclaw gateway run\n  $ openclaw devices list')
  rewordErrors(program)
  return program
}

// Every user of the machine may list processes with their arguments; a new title takes the old ones' place.
function hideSecrets(argv: readonly string[]): void {
  const setsSomething = argv[0] === 'config' && argv[1] === 'set'
  const redeems = argv[0] === 'pair' || argv[0] === 'connect'
  // A header or a body may hold anything.
  const fetches = argv[0] === 'fetch'
  if (setsSomething || redeems || fetches || argv.some((word) => /^--(?:token|password)(?:=|$)/.test(word)))
    process.title = 'openclaw'
}

// An exit callback is not told whose it is, so each command gets its own.
function rewordErrors(command: Command): void {
  command.exitOverride((error) => {
    const [asked, about] = command.args
    if (error.code === 'commander.help' && error.exitCode !== 0 && asked === 'help' && about !== undefined)
      throw unknownCommand(command, about)
    const isAnswer = error.exitCode === 0 || error.code === 'commander.help'
    throw isAnswer ? error : usageError(command, error)
  })
  for (const child of command.commands) rewordErrors(child)
}
