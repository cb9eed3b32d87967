import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { readPage, root } from '../docs/markdown.ts'
import { strangeKeys } from './compose-keys.ts'

/** One instruction, its line continuations joined. */
type Instruction = readonly [word: string, rest: string]
const instructions = readPage('deploy/docker/Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line): Instruction => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)])
const last = instructions.slice(instructions.findLastIndex(([word]) => word === 'FROM'))
const restsOf = (word: string, among = last) => among.flatMap(([each, rest]) => (each === word ? [rest] : []))
const STATE = '/var/lib/pairgate'

describe('the Dockerfile', () => {
  test('has two stages on the same release of the runtime that the checkout pins', () => {
    const from = restsOf('FROM', instructions)
    assert.equal(from.length, 2)
    const { optionalDependencies } = JSON.parse(readPage('package.json'))
    const [major] = String(optionalDependencies.node).split('.')
    for (const image of from) assert.match(image, new RegExp(`^node:${major}-\\S+-slim(?: AS build)?$`))
  })
  test('holds only instructions that it needs, and fetches nothing by itself', () => {
    const known = [
      'FROM',
      'WORKDIR',
      'COPY',
      'RUN',
      'ENV',
      'USER',
      'VOLUME',
      'EXPOSE',
      'HEALTHCHECK',
      'STOPSIGNAL',
      'CMD',
    ]
    assert.deepEqual(
      instructions.map(([word]) => word).filter((word) => !known.includes(word)),
      [],
    )
    for (const rest of restsOf('RUN', instructions))
      assert.doesNotMatch(rest, /curl|wget|apt-get|--privileged|chmod 777/)
  })
  test('copies what there is once it is built, and no sources', () => {
    for (const rest of restsOf('COPY')) {
      const [, path = ''] = /^--from=build \/src\/(\S+) \S+$/.exec(rest) ?? assert.fail(rest)
      assert.ok(path.endsWith('/dist') || existsSync(join(root, path)), path)
      assert.doesNotMatch(path, /\/src(?:\/|$)|node_modules|test/)
    }
  })
  test('gives the rights away before anything runs, and makes the one place that may be written', () => {
    assert.deepEqual(restsOf('USER'), ['10001:10001'])
    assert.deepEqual(restsOf('VOLUME'), [STATE])
    assert.ok(restsOf('ENV').includes(`PAIRGATE_STATE_DIR=${STATE}`))
    assert.ok(restsOf('RUN').some((rest) => rest.includes(`install -d -m 0700 -o 10001 -g 10001 ${STATE}`)))
    const words = last.map(([word]) => word)
    assert.ok(words.indexOf('USER') < words.indexOf('CMD') && words.indexOf('RUN') < words.indexOf('USER'))
  })
  test('keeps secrets and what was built elsewhere out of the build', () => {
    const ignored = readPage('deploy/docker/Dockerfile.dockerignore').trim().split('\n')
    for (const path of ['.git', '**/node_modules', '**/dist']) assert.ok(ignored.includes(path), path)
    for (const rest of restsOf('ENV', instructions)) assert.doesNotMatch(rest, /TOKEN|PASSWORD|KEY|DATABASE/)
  })
})

interface Compose {
  readonly services: {
    readonly pairgate: {
      readonly build: { readonly context: string; readonly dockerfile: string }
      readonly user: string
      readonly read_only: boolean
      readonly cap_drop: readonly string[]
      readonly security_opt: readonly string[]
      readonly tmpfs: readonly string[]
      readonly environment: { readonly OPENCLAW_CONFIG_PATH: string }
      readonly volumes: readonly string[]
    }
  }
  readonly volumes: Readonly<Record<string, object>>
}

describe('the compose file', () => {
  const compose = parse(readPage('deploy/docker/compose.yml')) as Compose
  const { pairgate } = compose.services

  test('holds no key that the Compose Specification does not know', () => {
    assert.deepEqual(strangeKeys(compose), [])
    const misspelt = { services: { x: { readonly: true } }, volume: {} }
    assert.deepEqual(strangeKeys(misspelt), ['services.x.readonly', 'volume'])
  })
  test('runs the image of the Dockerfile as the same user, with a root that cannot be written', () => {
    assert.ok(existsSync(join(root, 'deploy/docker', pairgate.build.context, pairgate.build.dockerfile)))
    assert.equal(pairgate.user, restsOf('USER')[0])
    assert.equal(pairgate.read_only, true)
    assert.deepEqual(pairgate.cap_drop, ['ALL'])
    assert.deepEqual(pairgate.security_opt, ['no-new-privileges:true'])
    assert.ok(pairgate.tmpfs.every((each) => each.includes('noexec')))
  })
  test('keeps the state, and shows the settings where they are looked for', () => {
    const [state = '', settings = ''] = pairgate.volumes
    assert.deepEqual(state.split(':'), ['state', STATE])
    assert.ok('state' in compose.volumes)
    const [file = '', there, mode] = settings.split(':')
    assert.ok(existsSync(join(root, 'deploy/docker', file)))
    assert.deepEqual([there, mode], [pairgate.environment.OPENCLAW_CONFIG_PATH, 'ro'])
  })
})
