import { type ConfigKey, configRow, parseSectionText, readSettingText } from '@pairgate/gateway/config'
import type { ConfigEdit } from '@pairgate/gateway/config-editing'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { canAsk, readStdin } from '../platform/terminal.ts'
import { findLocalFiles, type LocalFiles } from '../target/read-target-facts.ts'
import { describeEffect, tellGateway } from './config-effect.ts'
import { type ConfigPath, explained, isBelow, readConfigPath, readSettings, sentence } from './config-path.ts'

interface ChangeOptions {
  readonly json?: boolean
}

/** Sets a setting, or several of a section at once, and says when they count. */
export async function setConfig(
  typed: string,
  argument: string | undefined,
  options: ChangeOptions,
): Promise<void> {
  const path = readConfigPath(typed)
  const text = await readValue(typed, path, argument)
  const edits = editsOf(path, text)
  const secret = edits.find(({ key }) => configRow(key).secret)
  if (secret && argument !== undefined && argument !== '-') throw secretInArguments(secret.key)
  const files = await findLocalFiles(process.env)
  await change(files, { edits, done: (key) => `Updated ${key}.` }, options)
}

/** Takes out a setting, or all of a section. */
export async function unsetConfig(typed: string, options: ChangeOptions): Promise<void> {
  const path = readConfigPath(typed)
  const files = await findLocalFiles(process.env)
  const keys = [...readSettings(files.configFile).keys()].filter((key) => isBelow(path, key))
  if (keys.length === 0) {
    throw new CommandError(`Config path not found: ${typed}. Nothing was changed.`, {
      next: ['See what the file says: openclaw config list --sources'],
    })
  }
  const edits = keys.map((key) => ({ key, value: undefined }))
  await change(files, { edits, done: (key) => `Removed ${key}.` }, options)
}

interface Change {
  readonly edits: readonly ConfigEdit[]
  readonly done: (key: ConfigKey) => string
}

async function change(files: LocalFiles, { edits, done }: Change, { json }: ChangeOptions): Promise<void> {
  const { changeConfigFile } = await import('@pairgate/gateway/config-editing')
  const input = { file: files.configFile, env: process.env }
  const { stillWrong } = explained(() => changeConfigFile(input, () => edits))
  const keys = edits.map(({ key }) => key)
  const told = await tellGateway(files)
  const effects = keys.map((key) => ({ key, ...describeEffect(key, told) }))
  if (json) {
    const plain = effects.map(({ key, effect, by }) => ({ key, effect, ...(by !== undefined && { by }) }))
    printJson({ path: files.configFile, changed: plain })
  } else {
    process.stdout.write(effects.map(({ key, text }) => `${done(key)} ${text}\n`).join(''))
  }
  for (const { message } of stillWrong) process.stderr.write(`Still wrong: ${message}\n`)
  if (told.kind === 'refused') throw told.failure
}

/** From the argument, from standard input, or from whoever sits at the terminal. */
async function readValue(typed: string, path: ConfigPath, argument: string | undefined): Promise<string> {
  if (argument === '-') return (await readStdin()).replace(/\r?\n$/, '')
  if (argument !== undefined) return argument
  if (!canAsk()) {
    throw new CommandError('Missing required argument "value".', {
      next: [`Pass it, or "-" and the value on standard input: openclaw config set ${typed} -`],
    })
  }
  const { isCancel, password, text } = await import('@clack/prompts')
  const isSecret = 'key' in path && configRow(path.key).secret
  const answer = await (isSecret ? password : text)({ message: `Value of ${typed}` })
  if (isCancel(answer) || answer === undefined) throw new CommandError('Nothing was changed.')
  return answer
}

function editsOf(path: ConfigPath, text: string): readonly ConfigEdit[] {
  if ('key' in path) return [{ key: path.key, value: readSettingText(path.key, text) }]
  const { found, problems } = parseSectionText(path.section, text, `The value of ${path.section}`)
  const [first] = problems
  if (first) throw sentence(first)
  return [...found].map(([key, value]) => ({ key, value }))
}

function secretInArguments(key: ConfigKey): CommandError {
  return new CommandError(
    `${key} is a secret: on the command line, other users of this machine and the history of the shell see it.`,
    {
      next: [
        `On a terminal leave it out, and you are asked: openclaw config set ${key}`,
        `In a script pipe it: openclaw config set ${key} - < file`,
        'If somebody may have seen it, choose another one.',
      ],
    },
  )
}
