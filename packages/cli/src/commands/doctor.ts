import type { Command } from 'commander'
import type { DoctorOptions } from '../doctor/run-doctor.ts'
import { addExamples, addGatewayOptions, runAction } from './common-options.ts'

/** `openclaw doctor`: description only. */
export function addDoctorCommand(program: Command): void {
  const doctor = program
    .command('doctor')
    .description('look at settings, files, keys, database, addresses and tokens, and say what to do')
    .option('--fix', 'repair what is safe to repair, and say what was done')
  addExamples(addGatewayOptions(doctor), ['doctor', 'doctor --fix', 'doctor --url wss://gateway.example'])
  doctor.action((options: DoctorOptions) =>
    runAction(options.json, async () => (await import('../doctor/run-doctor.ts')).runDoctor(options)),
  )
}
