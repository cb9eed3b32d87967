import type { Command } from 'commander'
import { addExamples, addGatewayOptions, runAction } from './common-options.ts'
import type { DashboardOptions } from './dashboard-open.ts'

export function addDashboardCommand(program: Command): void {
  const dashboard = program
    .command('dashboard')
    .description('open the console in a browser, which becomes an admin by a link that works once')
    .option('--no-open', 'print the link and leave; open no browser')
  addExamples(addGatewayOptions(dashboard, 'lines'), [
    'dashboard',
    'dashboard --no-open',
    'dashboard --no-open --json',
    'dashboard --url wss://gateway.example',
  ])
  dashboard.action((options: DashboardOptions) =>
    runAction(
      options.json,
      async () => (await import('./dashboard-open.ts')).openDashboard(options),
      'lines',
    ),
  )
}
