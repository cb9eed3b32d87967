import assert from 'node:assert/strict'
import { chmod, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { DeviceId } from '@pairgate/protocol'
import { runScript } from '../../test/run-script.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { createFileTokenStore } from './file-token-store.ts'
import type { StoredToken } from './token-store.ts'

const GATEWAY = 'wss://gate.example:18789'
const DEVICE = 'd'.repeat(64) as DeviceId
const token: StoredToken = {
  token: 'pgd_one',
  scopes: ['operator.read'],
  session: 'desk',
  expiresAtMs: 9,
  issuedAtMs: 1,
}

test('a token is kept for its gateway, its device and its role, and for no other', async (t) => {
  const path = join(await temporaryFolder(t), 'tokens.json')
  await createFileTokenStore(path).save(GATEWAY, DEVICE, 'operator', token)

  const store = createFileTokenStore(path)
  assert.deepEqual(await store.load(GATEWAY, DEVICE, 'operator'), token)
  assert.equal(await store.load(GATEWAY, DEVICE, 'node'), undefined)
  assert.equal(await store.load(GATEWAY, 'e'.repeat(64) as DeviceId, 'operator'), undefined)
  assert.equal(await store.load('wss://gate.example', DEVICE, 'operator'), undefined)
})

test('nothing is stored at first, and to ask makes no file', async (t) => {
  const folder = await temporaryFolder(t)
  const store = createFileTokenStore(join(folder, 'tokens.json'))
  assert.equal(await store.load(GATEWAY, DEVICE, 'operator'), undefined)
  assert.deepEqual(await readdir(folder), [])
})

test('a newer token takes the place of the older one', async (t) => {
  const path = join(await temporaryFolder(t), 'tokens.json')
  const store = createFileTokenStore(path)
  await store.save(GATEWAY, DEVICE, 'operator', token)
  await store.save(GATEWAY, DEVICE, 'operator', { token: 'pgd_two', scopes: [] })
  assert.deepEqual(await store.load(GATEWAY, DEVICE, 'operator'), { token: 'pgd_two', scopes: [] })
  assert.doesNotMatch(await readFile(path, 'utf8'), /pgd_one/)
})

test('a token is forgotten alone, and only if it is the one that is meant', async (t) => {
  const store = createFileTokenStore(join(await temporaryFolder(t), 'tokens.json'))
  await store.save(GATEWAY, DEVICE, 'operator', token)
  await store.save(GATEWAY, DEVICE, 'node', { token: 'pgd_node', scopes: [] })
  await store.remove(GATEWAY, DEVICE, 'operator', 'pgd_older')
  assert.deepEqual(await store.load(GATEWAY, DEVICE, 'operator'), token)
  await store.remove(GATEWAY, DEVICE, 'operator', 'pgd_one')
  assert.equal(await store.load(GATEWAY, DEVICE, 'operator'), undefined)
  await store.remove(GATEWAY, DEVICE, 'operator')
  assert.equal((await store.load(GATEWAY, DEVICE, 'node'))?.token, 'pgd_node')
})

test('only the owner can open the file and its folder, and nothing else is left there', async (t) => {
  const path = join(await temporaryFolder(t), 'device', 'tokens.json')
  await createFileTokenStore(path).save(GATEWAY, DEVICE, 'operator', token)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.equal((await stat(dirname(path))).mode & 0o777, 0o700)
  assert.deepEqual(await readdir(dirname(path)), ['tokens.json'])
})

const broken = {
  empty: '',
  'cut short': '{"version":1,"tokens":[{"gate',
  'of another version': '{"version":2,"tokens":[]}',
  'another thing': '[]',
  'holding a broken token':
    '{"version":1,"tokens":[{"gateway":"ws://a","deviceId":"d","role":"operator","token":7,"scopes":[]}]}',
}
for (const [what, text] of Object.entries(broken)) {
  test(`a token file that is ${what} is refused and left as it is`, async (t) => {
    const path = join(await temporaryFolder(t), 'tokens.json')
    await writeFile(path, text, { mode: 0o600 })
    const store = createFileTokenStore(path)
    await assert.rejects(store.load(GATEWAY, DEVICE, 'operator'), { code: 'TOKEN_FILE' })
    await assert.rejects(store.save(GATEWAY, DEVICE, 'operator', token), { code: 'TOKEN_FILE' })
    await assert.rejects(store.remove(GATEWAY, DEVICE, 'operator'), { code: 'TOKEN_FILE' })
    assert.equal(await readFile(path, 'utf8'), text)
    assert.deepEqual(await readdir(dirname(path)), ['tokens.json'])
  })
}

test('a token file that others may read is refused with advice', async (t) => {
  const path = join(await temporaryFolder(t), 'tokens.json')
  const store = createFileTokenStore(path)
  await store.save(GATEWAY, DEVICE, 'operator', token)
  await chmod(path, 0o640)
  await assert.rejects(store.load(GATEWAY, DEVICE, 'operator'), { code: 'TOKEN_FILE', message: /chmod 600/ })
})

test('of two processes that store at once, neither loses what the other has stored', async (t) => {
  const path = join(await temporaryFolder(t), 'tokens.json')
  const script = new URL('../../test/store-tokens.ts', import.meta.url)
  await Promise.all([runScript(script, path, 'ws://one'), runScript(script, path, 'ws://two')])
  const store = createFileTokenStore(path)
  for (const gateway of ['ws://one', 'ws://two']) {
    for (let n = 0; n < 20; n += 1) {
      const deviceId = n.toString(16).padStart(64, '0') as DeviceId
      assert.equal((await store.load(gateway, deviceId, 'operator'))?.token, `${gateway} ${n}`)
    }
  }
})

test('the lock of a process that died is not waited for', async (t) => {
  const path = join(await temporaryFolder(t), 'tokens.json')
  await writeFile(`${path}.lock`, 'of the dead')
  const longAgo = Date.now() / 1_000 - 60
  await utimes(`${path}.lock`, longAgo, longAgo)
  await createFileTokenStore(path).save(GATEWAY, DEVICE, 'operator', token)
  assert.deepEqual(await readdir(dirname(path)), ['tokens.json'])
})

test('the lock of a process that lives is waited for', async (t) => {
  const path = join(await temporaryFolder(t), 'tokens.json')
  const store = createFileTokenStore(path)
  await writeFile(`${path}.lock`, 'of the living')
  let isSaved = false
  const saving = store.save(GATEWAY, DEVICE, 'operator', token).then(() => {
    isSaved = true
  })
  await new Promise((done) => setTimeout(done, 80))
  assert.equal(isSaved, false)
  await rm(`${path}.lock`)
  await saving
})
