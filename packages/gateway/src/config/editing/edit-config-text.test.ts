import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ConfigKey } from '../config-schema.ts'
import { editConfigText } from './edit-config-text.ts'

function set(text: string | undefined, key: ConfigKey, value: unknown): string {
  return editConfigText(text, [{ key, value }], 'pairgate.json')
}
function unset(text: string, key: ConfigKey): string {
  return set(text, key, undefined)
}

const WRITTEN_BY_HAND = `// My gateway.
{
  gateway: {
    port: 19000, // the old one is taken
    /* who may come in */
    auth: {
      token: 'abc', // from the vault
      // password: 'not yet',
    },
  },
  // the end
}
`

describe('setting a value', () => {
  test('without a file makes one', () => {
    assert.equal(set(undefined, 'gateway.port', 1), '{\n  "gateway": {\n    "port": 1\n  }\n}\n')
    assert.equal(set(' \n', 'gateway.port', 1), '{\n  "gateway": {\n    "port": 1\n  }\n}\n')
  })

  test('changes the value and nothing else', () => {
    assert.equal(set(WRITTEN_BY_HAND, 'gateway.port', 19_001), WRITTEN_BY_HAND.replace('19000', '19001'))
    assert.equal(
      set(WRITTEN_BY_HAND, 'gateway.auth.token', "it's"),
      WRITTEN_BY_HAND.replace("'abc'", '"it\'s"'),
    )
  })

  test('puts a new one behind the last one and its comments', () => {
    assert.equal(
      set(WRITTEN_BY_HAND, 'gateway.auth.mode', 'token'),
      WRITTEN_BY_HAND.replace("'not yet',\n", `'not yet',\n      mode: "token",\n`),
    )
    assert.equal(
      set('{\n  gateway: {\n    port: 1 // one\n  }\n}', 'gateway.bind', 'lan'),
      '{\n  gateway: {\n    port: 1, // one\n    bind: "lan"\n  }\n}',
    )
  })

  test('makes the sections that are missing', () => {
    assert.equal(
      set('{\n  gateway: {\n    port: 1,\n  },\n}\n', 'gateway.limits.handshakeMs', 5),
      '{\n  gateway: {\n    port: 1,\n    limits: {\n      handshakeMs: 5\n    },\n  },\n}\n',
    )
  })

  test('leaves a line one line, and plain JSON plain JSON', () => {
    assert.equal(
      set('{ gateway: { port: 1 } }', 'gateway.auth.mode', 'token'),
      '{ gateway: { port: 1, auth: { mode: "token" } } }',
    )
    assert.equal(set('{"gateway":{"port":1}}', 'gateway.port', 2), '{"gateway":{"port":2}}')
    assert.deepEqual(JSON.parse(set('{"gateway":{"port":1}}', 'gateway.trustedProxies', ['::1'])), {
      gateway: { port: 1, trustedProxies: ['::1'] },
    })
    assert.equal(set('{}', 'gateway.port', 2), '{ "gateway": { "port": 2 } }')
  })

  test('of a name that stands twice changes the one that counts', () => {
    assert.equal(
      set('{ gateway: { port: 1, port: 2 } }', 'gateway.port', 3),
      '{ gateway: { port: 1, port: 3 } }',
    )
  })
})

describe('taking a value out', () => {
  test('takes its line, and no comment', () => {
    assert.equal(
      unset(WRITTEN_BY_HAND, 'gateway.port'),
      WRITTEN_BY_HAND.replace('    port: 19000, // the old', '    // the old'),
    )
    assert.equal(
      unset('{\n  gateway: {\n    port: 1,\n    bind: "lan"\n  }\n}\n', 'gateway.bind'),
      '{\n  gateway: {\n    port: 1\n  }\n}\n',
    )
    assert.equal(
      unset('{ gateway: { port: 1, bind: "lan" } }', 'gateway.port'),
      '{ gateway: { bind: "lan" } }',
    )
  })

  test('takes the sections along that hold nothing else, not even a comment', () => {
    const text = '{\n  "gateway": {\n    "port": 1,\n    "auth": {\n      "mode": "token"\n    }\n  }\n}\n'
    assert.equal(unset(text, 'gateway.auth.mode'), '{\n  "gateway": {\n    "port": 1\n  }\n}\n')
    assert.equal(unset('{ gateway: { port: 1 } }', 'gateway.port'), '{ }')
    assert.match(unset(WRITTEN_BY_HAND, 'gateway.auth.token'), /auth: \{\n {6}\/\/ from the vault\n/)
  })

  test('of a name that stands twice is refused: the other one would come to life', () => {
    assert.throws(
      () => unset('{ gateway: { port: 1, port: 2 } }', 'gateway.port'),
      /cannot be changed without losing something/,
    )
  })
})

test('a file that cannot be read is told where it goes wrong, and is not changed', () => {
  assert.throws(() => set('{\n  gateway: }', 'gateway.port', 1), {
    name: 'ConfigError',
    message: /is no JSON5: invalid character '}' at 2:12\. Correct it there\.$/,
  })
  assert.throws(() => set('[]', 'gateway.port', 1), { message: /must hold one object/ })
})

test('a file that is no object is never written over', () => {
  for (const text of ['{ gateway: ', '[]', '5', '{ gateway: 5 }']) {
    assert.throws(() => set(text, 'gateway.port', 1), { name: 'ConfigError' })
  }
})
