import { Argument, type Command } from 'commander'
import { completeWords } from '../completion/complete-words.ts'
import { COMPLETE_COMMAND, SHELL_SCRIPTS, SHELLS, type Shell } from '../completion/shell-scripts.ts'
import { addExamples } from './common-options.ts'

/** `openclaw completion <shell>`, and the hidden command that its scripts ask. */
export function addCompletionCommand(program: Command): void {
  const completion = program
    .command('completion')
    .description('print what a shell needs to complete commands and options')
    .addArgument(new Argument('<shell>', 'the shell that reads it').choices(SHELLS))
  addExamples(completion, [
    'completion bash >> ~/.bashrc',
    'completion zsh >> ~/.zshrc',
    'completion fish > ~/.config/fish/completions/openclaw.fish',
  ])
  completion.action((shell: Shell) => void process.stdout.write(SHELL_SCRIPTS[shell]))

  program
    .command(COMPLETE_COMMAND, { hidden: true })
    .helpOption(false)
    .argument('[words...]')
    .action((words: readonly string[]) => {
      const lines = completeWords(program, words).map(({ word, about }) => `${word}\t${about}\n`)
      process.stdout.write(lines.join(''))
    })
}
