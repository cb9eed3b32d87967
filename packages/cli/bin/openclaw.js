#!/usr/bin/env node
// The one file that any Node.js must be able to read: it finds the right runtime, then hands over to the
// bundle. Plain old JavaScript on purpose, so that an old Node.js prints a sentence and no syntax error.
import nodeModule from 'node:module'

// An import reads every name of a module, and that loads more than all of this file: `require` does not.
const require = nodeModule.createRequire(import.meta.url)
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { fileURLToPath, pathToFileURL } = require('node:url')

const NEEDED_MAJOR = 24
const HANDED_OVER = 'PAIRGATE_HANDED_OVER'
const here = path.dirname(fileURLToPath(import.meta.url))

function start() {
  const isHandedOver = Boolean(process.env[HANDED_OVER])
  delete process.env[HANDED_OVER]
  if (Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR) return run()

  const runtime = isHandedOver ? undefined : findPinnedRuntime(here)
  if (runtime) return handOver(runtime)

  fail(
    `openclaw needs Node.js ${NEEDED_MAJOR} or newer, but this is ${process.versions.node}: install Node.js ${NEEDED_MAJOR}` +
      ' (https://nodejs.org), or run `npm install` in the checkout, which brings its own.',
  )
}

/** The runtime that npm installed beside us, in this directory or the nearest one above. */
function findPinnedRuntime(directory) {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const candidate = path.join(directory, 'node_modules', 'node', 'bin', name)
  if (fs.existsSync(candidate)) return candidate
  const parent = path.dirname(directory)
  return parent === directory ? undefined : findPinnedRuntime(parent)
}

function handOver(runtime) {
  const args = process.execArgv.concat(process.argv.slice(1))
  // A secret on the command line must not stand in the list of processes for as long as this one waits.
  process.title = 'openclaw'
  const child = require('node:child_process').spawn(runtime, args, {
    stdio: 'inherit',
    env: Object.assign({}, process.env, { [HANDED_OVER]: '1' }),
  })
  const signals =
    process.platform === 'win32' ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']
  signals.forEach((signal) => {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well; twice would mean "at once, without cleaning up".
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    })
  })
  child.on('error', (error) => fail(`openclaw could not start ${runtime}: ${error.message}`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function run() {
  const entry = chooseEntry()
  if (!entry) return fail('openclaw is not built: run `npm run build` in the checkout.')
  enableCompileCache()
  import(pathToFileURL(entry).href)
    .then((program) => program.main(process.argv.slice(2)))
    .catch((error) => fail(error instanceof Error ? error.stack : String(error)))
}

function chooseEntry() {
  const bundle = path.join(here, '..', 'dist', 'main.js')
  const sources = path.join(here, '..', 'src', 'main.ts')
  const choices = process.env.PAIRGATE_FROM_SOURCE === '1' ? [sources] : [bundle, sources]
  return choices.find((file) => fs.existsSync(file))
}

function enableCompileCache() {
  if (process.env.NODE_DISABLE_COMPILE_CACHE || process.env.NODE_COMPILE_CACHE) return
  const directory = privateCacheDirectory()
  if (directory) nodeModule.enableCompileCache(directory)
}

/** What lies in the cache is run as code, so nobody else may be able to write it, or to swap a directory above. */
function privateCacheDirectory() {
  if (!process.getuid) return undefined
  const base = process.env.XDG_CACHE_HOME
  const cacheHome = base && path.isAbsolute(base) ? base : path.join(os.homedir(), '.cache')
  const directory = path.join(cacheHome, 'pairgate')
  try {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 })
    const real = fs.realpathSync(directory)
    return isPrivate(real) ? real : undefined
  } catch (_error) {
    return undefined
  }
}

function isPrivate(directory) {
  const uid = process.getuid()
  const own = fs.statSync(directory)
  if (own.uid !== uid || (own.mode & 0o077) !== 0) return false
  for (let above = path.dirname(directory); ; above = path.dirname(above)) {
    const stat = fs.statSync(above)
    if ((stat.uid !== uid && stat.uid !== 0) || (stat.mode & 0o022) !== 0) return false
    if (above === path.dirname(above)) return true
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}

start()
