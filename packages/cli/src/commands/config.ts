import type { Command } from 'commander'
import { addExamples, runAction } from './common-options.ts'
import type { GetOptions } from './config-get.ts'
import type { ListOptions } from './config-list.ts'

interface JsonOption {
  readonly json?: boolean
}

/** The group `openclaw config`: descriptions only. It is about the file of this machine, never about another's. */
export function addConfigCommands(program: Command): void {
  const config = program.command('config').description('see and change the settings of this machine')
  addExamples(config, ['config list --sources', 'config set gateway.port 19000'])
  addReading(config)
  addChanging(config)
}

function addReading(config: Command): void {
  const file = withJson(config.command('file').description('print the path of the config file'))
  addExamples(file, ['config file'])
  file.action((options: JsonOption) =>
    runAction(options.json, async () => (await import('./config-get.ts')).printConfigPath(options)),
  )

  const get = withJson(config.command('get <path>').description('print what the file says'))
  get.option('--show', 'show secrets, on this screen')
  addExamples(get, ['config get gateway.port', 'config get gateway.auth'])
  get.action((path: string, options: GetOptions) =>
    runAction(options.json, async () => (await import('./config-get.ts')).getConfig(path, options)),
  )

  const list = withJson(config.command('list').description('list every setting'))
  list.option('--sources', 'tell where each value comes from, and when a change counts')
  addExamples(list, ['config list', 'config list --sources'])
  list.action((options: ListOptions) =>
    runAction(options.json, async () => (await import('./config-list.ts')).listConfig(options)),
  )

  const validate = withJson(
    config.command('validate').description('tell everything that is wrong with the file'),
  )
  addExamples(validate, ['config validate'])
  validate.action((options: JsonOption) =>
    runAction(options.json, async () => (await import('./config-validate.ts')).validateConfig(options)),
  )
}

function addChanging(config: Command): void {
  const set = withJson(
    config
      .command('set <path> [value]')
      .description('set a value in the file, and tell the running gateway; "-" reads it from standard input'),
  )
  addExamples(set, [
    'config set gateway.limits.requestsPerSecond 500',
    'config set gateway.trustedProxies 10.0.0.5,172.18.0.0/16',
    'config set gateway.auth.token',
  ])
  set.action((path: string, value: string | undefined, options: JsonOption) =>
    runAction(options.json, async () => (await import('./config-set.ts')).setConfig(path, value, options)),
  )

  const unset = withJson(
    config.command('unset <path>').description('take a value out of the file, and tell the running gateway'),
  )
  addExamples(unset, ['config unset gateway.port'])
  unset.action((path: string, options: JsonOption) =>
    runAction(options.json, async () => (await import('./config-set.ts')).unsetConfig(path, options)),
  )
}

function withJson(command: Command): Command {
  return command.option('--json', 'print JSON, for programs')
}
