import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { isRunning } from './house/postgres-server.ts'

test('a server for tests ends with the process that started it, even if that is killed', async () => {
  const house = new URL('./house/postgres-server.ts', import.meta.url).href
  const script = `
    const { startPostgres } = await import(${JSON.stringify(house)})
    const server = await startPostgres({ after: () => undefined })
    const [{ data }] = await server.ask('show data_directory').then((rows) => [{ data: rows[0].data_directory }])
    console.log(data)
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script])
  let said = ''
  for await (const chunk of child.stdout) {
    said += chunk
    if (said.includes('\n')) break
  }
  const data = said.trim()
  const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
  assert.ok(isRunning(pid))
  child.kill('SIGKILL')
  for (let tries = 0; tries < 1_000 && (isRunning(pid) || existsSync(data)); tries += 1) await pause(25)
  assert.deepEqual([isRunning(pid), existsSync(data)], [false, false])
})
