import { ConfigError, ListenError, StateError } from '@pairgate/gateway'
import { EXIT } from '../exit-codes.ts'
import { CommandError } from '../output/command-error.ts'

/** Does what works on the state directory; what is wrong with settings or state becomes a failure of the command. */
export async function explainStart<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (error) {
    if (error instanceof ConfigError) throw sentence(error.message, configExitCode(error.message))
    if (error instanceof StateError || error instanceof ListenError)
      throw sentence(error.message, EXIT.failed)
    throw error
  }
}

// A wrong flag is a slip of the hand; settings that cannot work stay so until somebody edits them.
function configExitCode(message: string) {
  return message.startsWith('Invalid --') ? EXIT.failed : EXIT.badConfig
}

/** These errors are a sentence and what to do next already. */
function sentence(message: string, exitCode: typeof EXIT.failed | typeof EXIT.badConfig): CommandError {
  const [first = message, ...next] = message.split('\n')
  return new CommandError(first, { next, exitCode })
}
