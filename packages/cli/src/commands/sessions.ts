import type { Command } from 'commander'
import { addExamples, addGatewayOptions, type CommonOptions, runAction } from './common-options.ts'
import type { CreateOptions, DeleteOptions, RenameSessionOptions } from './sessions-change.ts'

/** The group `openclaw sessions`: descriptions only, so that help and typos cost no more than this file. */
export function addSessionsCommands(program: Command): void {
  const sessions = program.command('sessions').description('the compartments that tokens open')
  addExamples(sessions, [
    'sessions list',
    'sessions create kitchen',
    'devices approve 935cddd1 --session kitchen',
  ])
  addLookCommands(sessions)
  addCreate(sessions)
  addRename(sessions)
  addDelete(sessions)
}

function addLookCommands(sessions: Command): void {
  const list = sessions.command('list').description('list sessions, the newest first')
  addExamples(addGatewayOptions(list), ['sessions list', 'sessions list --json'])
  list.action((options: CommonOptions) =>
    runAction(options.json, async () => (await import('./sessions-list.ts')).listSessions(options)),
  )

  const show = sessions.command('show').description('show all about one session').argument('<key>', 'its key')
  addExamples(addGatewayOptions(show), ['sessions show kitchen'])
  show.action((key: string, options: CommonOptions) =>
    runAction(options.json, async () => (await import('./sessions-list.ts')).showSession(key, options)),
  )
}

function addCreate(sessions: Command): void {
  const create = sessions
    .command('create')
    .description('make an empty session')
    .argument('<key>', 'its key: a-z, 0-9, ":", "_" and "-"')
    .option('--label <text>', 'what people call it')
  addExamples(addGatewayOptions(create), ['sessions create kitchen --label "Kitchen tablets"'])
  create.action((key: string, options: CreateOptions) =>
    runAction(options.json, async () => (await import('./sessions-change.ts')).createSession(key, options)),
  )
}

function addRename(sessions: Command): void {
  const rename = sessions
    .command('rename')
    .description('give a session another key or label; its tokens and messages stay')
    .argument('<key>', 'its key')
    .argument('[newKey]', 'its new key')
    .option('--label <text>', 'what people call it')
    .option('--no-label', 'nothing that people call it')
  addExamples(addGatewayOptions(rename), [
    'sessions rename kitchen pantry',
    'sessions rename kitchen --label "Kitchen tablets"',
  ])
  rename.action((key: string, newKey: string | undefined, options: RenameSessionOptions) =>
    runAction(options.json, async () =>
      (await import('./sessions-change.ts')).renameSession(key, newKey, options),
    ),
  )
}

function addDelete(sessions: Command): void {
  const remove = sessions
    .command('delete')
    .description('delete a session and its messages')
    .argument('<key>', 'its key')
    .option('--revoke-tokens', 'revoke the tokens that open it as well')
  addExamples(addGatewayOptions(remove), [
    'sessions delete kitchen',
    'sessions delete kitchen --revoke-tokens',
  ])
  remove.action((key: string, options: DeleteOptions) =>
    runAction(options.json, async () => (await import('./sessions-change.ts')).deleteSession(key, options)),
  )
}
