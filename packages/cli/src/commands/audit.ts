import type { Command } from 'commander'
import type { EraseOptions } from './audit-erase.ts'
import type { ExportOptions } from './audit-export.ts'
import type { FeedOptions } from './audit-feed.ts'
import type { ListOptions } from './audit-list.ts'
import type { PruneOptions } from './audit-prune.ts'
import { addExamples, addGatewayOptions, type CommonOptions, runAction } from './common-options.ts'
import { countOf } from './read-count.ts'
import { readBound, readInstant } from './read-instant.ts'

/** The group `openclaw audit`: descriptions only. */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('read the log of all that was decided, and verify it')
  addExamples(audit, ['audit list', 'audit list --device 80d2a226', 'audit verify'])
  addList(audit)

  const show = audit
    .command('show')
    .description('show all about one event')
    .argument('<seq>', 'number of the event', countOf('<seq>'))
  addExamples(addGatewayOptions(show), ['audit show 42'])
  show.action((seq: number, options: CommonOptions) =>
    runAction(options.json, async () => (await import('./audit-show.ts')).showEvent(seq, options)),
  )

  const verify = audit.command('verify').description('verify that nobody has changed the log')
  addExamples(addGatewayOptions(verify), ['audit verify', 'audit verify --json --timeout 60000'])
  verify.action((options: CommonOptions) =>
    runAction(options.json, async () => (await import('./audit-verify.ts')).verifyLog(options)),
  )
  addExport(audit)
  addFeed(audit)
  addErase(audit)
  addPrune(audit)
}

function addList(audit: Command): void {
  const list = audit
    .command('list')
    .description('list events, newest first')
    .option('--device <id>', 'only events about this device: its id, or the first 8 letters')
    .option('--kind <kind>', 'only events of this kind, such as token-revoked')
    .option('--since <time>', 'only events from this day or time on', readInstant)
    .option('--until <time>', 'only events before this day or time', readInstant)
    .option('--limit <n>', 'how many (default: 50, at most 500)', countOf('--limit'))
  addExamples(addGatewayOptions(list), ['audit list --limit 10', 'audit list --kind token-revoked --json'])
  list.action((options: ListOptions) =>
    runAction(options.json, async () => (await import('./audit-list.ts')).listEvents(options)),
  )
}

function addExport(audit: Command): void {
  const all = audit
    .command('export')
    .description('write events as lines of JSON, oldest first')
    .option('--from <seq>', 'number of the first event (default: 1)', countOf('--from'))
    .option('--to <seq>', 'number of the last event (default: the newest)', countOf('--to'))
  addExamples(addGatewayOptions(all, 'lines'), ['audit export', 'audit export --from 1000 --to 1999'])
  all.action((options: ExportOptions) =>
    runAction(options.json, async () => (await import('./audit-export.ts')).exportEvents(options), 'lines'),
  )
}

function addFeed(audit: Command): void {
  const feed = audit
    .command('feed')
    .description('list what strangers cause: requests, refused connects, lockouts')
    .option('--limit <n>', 'how many (default: 50, at most 500)', countOf('--limit'))
  addExamples(addGatewayOptions(feed), ['audit feed', 'audit feed --limit 500 --json'])
  feed.action((options: FeedOptions) =>
    runAction(options.json, async () => (await import('./audit-feed.ts')).listFeed(options)),
  )
}

function addErase(audit: Command): void {
  const erase = audit
    .command('erase')
    .description('erase names, scopes and addresses of events; the events stay')
    .option('--device <id>', 'of events about this device, or done by it; of a removed one the whole id')
    .option('--before <time>', 'of events before this day (UTC) or time', readInstant)
    .option('--yes', 'do it without asking')
  addExamples(addGatewayOptions(erase), [
    'audit erase --device 80d2a226',
    'audit erase --before 2026-01-01 --yes',
  ])
  erase.action((options: EraseOptions) =>
    runAction(options.json, async () => (await import('./audit-erase.ts')).eraseDetails(options)),
  )
}

function addPrune(audit: Command): void {
  const prune = audit
    .command('prune')
    .description('delete the oldest events for ever; the rest goes on to verify')
    .requiredOption('--before <bound>', 'a day (UTC), a time, or the number of an event', readBound)
    .option('--export <file>', 'write them to this new file first, as lines of JSON')
    .option('--yes', 'do it without asking')
  addExamples(addGatewayOptions(prune), [
    'audit prune --before 2026-01-01 --export events-2025.jsonl',
    'audit prune --before 10000 --yes --timeout 600000',
  ])
  prune.action((options: PruneOptions) =>
    runAction(options.json, async () => (await import('./audit-prune.ts')).pruneLog(options)),
  )
}
