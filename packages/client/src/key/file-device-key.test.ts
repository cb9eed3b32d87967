import assert from 'node:assert/strict'
import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { runScript } from '../../test/run-script.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { loadOrCreateFileKey } from './file-device-key.ts'

test('a key made once is the key of every later start', async (t) => {
  const path = join(await temporaryFolder(t), 'device', 'key.pem')
  const made = await loadOrCreateFileKey(path)
  const loaded = await loadOrCreateFileKey(path)
  assert.equal(loaded.deviceId, made.deviceId)
  assert.equal(loaded.publicKey, made.publicKey)
  assert.match(await readFile(path, 'utf8'), /^-----BEGIN PRIVATE KEY-----\n/)
})

test('only the owner can open the file and its folder, and nothing else is left there', async (t) => {
  const path = join(await temporaryFolder(t), 'new', 'folder', 'key.pem')
  await loadOrCreateFileKey(path)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.equal((await stat(dirname(path))).mode & 0o777, 0o700)
  assert.deepEqual(await readdir(dirname(path)), ['key.pem'])
})

test('the id is the hash of the raw key, and what it signs verifies', async (t) => {
  const key = await loadOrCreateFileKey(join(await temporaryFolder(t), 'key.pem'))
  const raw = Buffer.from(key.publicKey, 'base64url')
  assert.equal(raw.length, 32)
  assert.equal(key.deviceId, createHash('sha256').update(raw).digest('hex'))
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.publicKey }, format: 'jwk' })
  const signature = Buffer.from(await key.sign('some text ü'), 'base64url')
  assert.equal(verify(null, Buffer.from('some text ü'), publicKey, signature), true)
})

test('of many who come first at once, all end up with the same key', async (t) => {
  const path = join(await temporaryFolder(t), 'device', 'key.pem')
  const keys = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateFileKey(path)))
  assert.equal(new Set(keys.map((key) => key.deviceId)).size, 1)
  assert.deepEqual(await readdir(dirname(path)), ['key.pem'])
})

test('two processes that come first at once end up with the same key', async (t) => {
  const path = join(await temporaryFolder(t), 'device', 'key.pem')
  const script = new URL('../../test/print-device-id.ts', import.meta.url)
  const [one, other] = await Promise.all([runScript(script, path), runScript(script, path)])
  assert.match(one, /^[0-9a-f]{64}$/)
  assert.equal(one, other)
})

for (const mode of [0o644, 0o640, 0o602]) {
  test(`a key file of mode ${mode.toString(8)} is refused with advice`, async (t) => {
    const path = join(await temporaryFolder(t), 'key.pem')
    await loadOrCreateFileKey(path)
    await chmod(path, mode)
    await assert.rejects(loadOrCreateFileKey(path), { code: 'KEY_FILE', message: /chmod 600/ })
    await chmod(path, 0o600)
    await loadOrCreateFileKey(path)
  })
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const broken = {
  empty: '',
  garbage: 'not a key',
  'of another kind': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
}
for (const [what, text] of Object.entries(broken)) {
  test(`a key file that is ${what} is refused and left as it is`, async (t) => {
    const path = join(await temporaryFolder(t), 'key.pem')
    await writeFile(path, text, { mode: 0o600 })
    await assert.rejects(loadOrCreateFileKey(path), { code: 'KEY_FILE' })
    assert.equal(await readFile(path, 'utf8'), text)
  })
}

test('a folder in the place of the file is no key', async (t) => {
  const path = join(await temporaryFolder(t), 'key.pem')
  await mkdir(path, { mode: 0o700 })
  await assert.rejects(loadOrCreateFileKey(path), { code: 'KEY_FILE' })
})
