import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseTokenSecret, type TokenId } from '@pairgate/protocol'
import { temporaryDir } from '../../test/house/temporary-dir.ts'
import {
  checkKey,
  createTokenSecrets,
  keyCheckValue,
  loadOrCreateKey,
  loadTokenKey,
  sharedTokenOf,
} from './secrets.ts'
import { StateError } from './state-error.ts'

const KEY = new Uint8Array(32).fill(7)
const ID = 'AAAAAAAAAAAAAAAAAAAAAA' as TokenId

test('the first start makes a key that only its owner can read, and later starts find it again', async (context) => {
  const dir = temporaryDir(context)
  const path = join(dir, 'token.key')
  const key = await loadOrCreateKey(path)
  assert.equal(key.length, 32)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.match(readFileSync(path, 'utf8'), /^[A-Za-z0-9_-]{43}\n$/)
  assert.deepEqual(Buffer.from(await loadOrCreateKey(path)), Buffer.from(key))
  assert.deepEqual(readdirSync(dir), ['token.key'])
})

test('of many that make the key at once, all get the same one', async (context) => {
  const dir = temporaryDir(context)
  const keys = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateKey(join(dir, 'token.key'))))
  assert.equal(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size, 1)
  assert.deepEqual(readdirSync(dir), ['token.key'])
})

test('a file that holds no key is never overwritten', async (context) => {
  const path = join(temporaryDir(context), 'token.key')
  for (const text of [
    '',
    '\n',
    'short',
    `${'A'.repeat(42)}B`,
    `${'A'.repeat(44)}`,
    ` ${'A'.repeat(43)}`,
    'x'.repeat(5_000),
  ]) {
    writeFileSync(path, text, { mode: 0o600 })
    await assert.rejects(
      loadOrCreateKey(path),
      (error) => error instanceof StateError && error.message.includes(path),
    )
    assert.equal(readFileSync(path, 'utf8'), text)
  }
})

test('a key that others can read is refused with the command to run', async (context) => {
  const path = join(temporaryDir(context), 'token.key')
  await loadOrCreateKey(path)
  chmodSync(path, 0o640)
  await assert.rejects(loadOrCreateKey(path), /chmod 600/)
})

test('a link or a directory in the place of a key is refused', async (context) => {
  const dir = temporaryDir(context)
  await loadOrCreateKey(join(dir, 'real.key'))
  symlinkSync(join(dir, 'real.key'), join(dir, 'link.key'))
  await assert.rejects(loadOrCreateKey(join(dir, 'link.key')), /symbolic link/)
  symlinkSync(join(dir, 'missing'), join(dir, 'dangling.key'))
  await assert.rejects(loadOrCreateKey(join(dir, 'dangling.key')), /symbolic link/)
  mkdirSync(join(dir, 'dir.key'))
  await assert.rejects(loadOrCreateKey(join(dir, 'dir.key')), StateError)
})

test('a directory that does not exist is an error, not a key', async (context) => {
  await assert.rejects(loadOrCreateKey(join(temporaryDir(context), 'none', 'token.key')), StateError)
})

test('the environment may carry the token key, and then no file is made', async (context) => {
  const dir = temporaryDir(context)
  const paths = { tokenKey: join(dir, 'token.key') }
  const key = await loadTokenKey(paths, { PAIRGATE_TOKEN_KEY: Buffer.from(KEY).toString('base64url') })
  assert.deepEqual(Buffer.from(key), Buffer.from(KEY))
  assert.deepEqual(readdirSync(dir), [])
  await assert.rejects(loadTokenKey(paths, { PAIRGATE_TOKEN_KEY: 'short' }), StateError)
  assert.equal((await loadTokenKey(paths, {})).length, 32)
})

test('a token secret follows from key and id alone, and has the look of one', () => {
  const secrets = createTokenSecrets(KEY)
  const secret = secrets.secretOf(ID)
  assert.equal(parseTokenSecret(secret), secret)
  assert.equal(createTokenSecrets(KEY).secretOf(ID), secret)
  assert.equal(secret.slice(4, 47), createHmac('sha256', KEY).update(`device-token${ID}`).digest('base64url'))
  assert.notEqual(secrets.secretOf('BAAAAAAAAAAAAAAAAAAAAA' as TokenId), secret)
  assert.notEqual(createTokenSecrets(new Uint8Array(32)).secretOf(ID), secret)
})

test('a key id names the key without telling it', () => {
  const expected = createHash('sha256')
    .update(Buffer.concat([Buffer.from('key-id'), KEY]))
    .digest('hex')
    .slice(0, 16)
  assert.equal(createTokenSecrets(KEY).keyId, expected)
})

test('what is derived for one purpose is worth nothing for another', () => {
  const all = [
    sharedTokenOf(KEY),
    keyCheckValue(KEY),
    createTokenSecrets(KEY).keyId,
    createTokenSecrets(KEY).secretOf(ID),
  ]
  assert.equal(new Set(all).size, all.length)
  assert.match(sharedTokenOf(KEY), /^[A-Za-z0-9_-]{43}$/)
})

/** The two methods of a store that the check of the key uses. */
function metaStore() {
  const meta = new Map<string, string>()
  const findMeta = async (name: string) => meta.get(name)
  const saveMeta = async (name: string, value: string) => void meta.set(name, value)
  const store = {
    read: { findMeta },
    mutate: <T>(work: (tx: { findMeta: typeof findMeta; saveMeta: typeof saveMeta }) => Promise<T>) =>
      work({ findMeta, saveMeta }),
  } as unknown as Parameters<typeof checkKey>[0]
  return { store, meta }
}

test('a new database remembers its key, and another key is refused', async () => {
  const { store, meta } = metaStore()
  await checkKey(store, KEY)
  assert.deepEqual([...meta], [['key-check', keyCheckValue(KEY)]])
  await checkKey(store, KEY)
  await assert.rejects(checkKey(store, new Uint8Array(32)), StateError)
  assert.equal(meta.get('key-check'), keyCheckValue(KEY))
})
