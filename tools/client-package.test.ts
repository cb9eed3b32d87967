import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { buildClient } from './client/build-client.ts'
import { describeSchema } from './client/describe-schema.ts'
import { measureSize } from './client/measure-size.ts'

const folder = mkdtempSync(join(tmpdir(), 'client-package-'))
after(() => rmSync(folder, { recursive: true }))
const built = await buildClient(join(folder, 'client'))
const read = (name: string): string => readFileSync(join(built, name), 'utf8')
/** Without comments, which speak of much that the code does not do. */
const readCode = (name: string): string =>
  read(name)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
const files = readdirSync(built, { recursive: true, encoding: 'utf8' })

test('the package says of itself what bundlers and Node need, and nothing that is wrong', async () => {
  const { messages, pkg } = await publint({ pkgDir: built, pack: false, strict: true })
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  )
})

test('it needs `ws` and `@noble/ed25519`, and nothing else', () => {
  const { dependencies } = JSON.parse(read('package.json'))
  assert.deepEqual(Object.keys(dependencies), ['ws', '@noble/ed25519'])
  for (const name of files.filter((file) => /\.(?:js|d\.ts)$/.test(file)))
    for (const [, from = ''] of readCode(name).matchAll(/(?:\bfrom|\bimport\(?)\s*['"]([^'"]+)['"]/g))
      assert.match(from, /^(?:\.\.?\/|node:|ws$|@noble\/ed25519$)/, name)
})

test('what browsers load has no line of Node, no `ws`, no Buffer and no schema compiler', () => {
  const loaded = files.filter((file) => file.startsWith('browser') && file.endsWith('.js'))
  assert.ok(loaded.length >= 2, 'the bundle and what is loaded only where WebCrypto is hidden')
  for (const name of loaded) {
    const words = /node:|\bBuffer\b|\bprocess\.env\b|\brequire\s*\(|from "ws"|typebox|new Function/.exec(
      readCode(name),
    )
    assert.equal(words?.[0], undefined, name)
  }
})

test('a page loads at most 20 KB to pair and connect', async () => {
  for (const { what, bytes, most } of await measureSize()) {
    assert.ok(bytes <= most, `${what}: ${bytes} bytes, at most ${most}`)
    assert.ok(bytes > 1_000, `${what}: ${bytes} bytes cannot be all of it`)
  }
})

test('the types of params say what the schemas say', () => {
  assert.equal(describeSchema({ type: 'object', properties: {} }), '{ [name: string]: never }')
  assert.equal(
    describeSchema({
      type: 'object',
      properties: {
        a: { type: 'string' },
        b: { type: 'array', items: { anyOf: [{ const: 1 }, { type: 'null' }] } },
      },
      required: ['a'],
    }),
    '{ "a": string; "b"?: (1 | null)[] }',
  )
  assert.equal(describeSchema({ enum: ['x', 'y'] }), '"x" | "y"')
  assert.equal(describeSchema({}), 'unknown')
  assert.throws(() => describeSchema({ type: 'function' }), /describe-schema/)
})
