import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readForwardAuth, readUpstreams, upstreamsFault } from './read-upstream.ts'

const GOOD = { match: { path: '/app' }, target: 'http://127.0.0.1:3000', scope: 'operator.read' }

describe('an entry of gateway.upstreams', () => {
  test('says with a match, a target and a scope all that is needed', () => {
    assert.equal(upstreamsFault([GOOD]), undefined)
    assert.deepEqual(readUpstreams([GOOD]), [
      {
        host: undefined,
        segments: ['app'],
        route: '/app',
        target: {
          name: 'http://127.0.0.1:3000',
          origin: 'http://127.0.0.1:3000',
          socketPath: undefined,
          tls: undefined,
        },
        auth: 'required',
        scope: 'operator.read',
        session: undefined,
        stripPrefix: false,
        websocket: false,
        rawPath: false,
        timeouts: { connectMs: 5_000, responseMs: 60_000, idleMs: 300_000 },
      },
    ])
  })
  test('may have each of these', () => {
    const more: readonly object[] = [
      { match: { host: 'App.Example' } },
      { match: { host: 'app.example', path: '/' }, rawPath: true },
      { match: { path: '/s/:session/x' }, session: { pathParameter: 'session' } },
      { session: { header: 'X-OpenClaw-Session-Key' } },
      { target: 'unix:/run/app.sock' },
      { target: 'https://[::1]:8443' },
      { target: 'https://app.example', tls: {} },
      { target: 'https://10.0.0.1', tls: { ca: '/etc/ca.pem', serverName: 'app.example' } },
      { auth: 'public', scope: undefined },
      { auth: 'optional', scope: 'none' },
      { websocket: true, stripPrefix: true, timeouts: { connectMs: 1, responseMs: 2, idleMs: 3 } },
    ]
    for (const fields of more)
      assert.equal(upstreamsFault([{ ...GOOD, ...fields }]), undefined, JSON.stringify(fields))
  })

  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ match: undefined }, /match: it must be an object with a host, a path, or both/],
    [{ match: {} }, /match: it needs a host, a path, or both/],
    [{ match: { paht: '/a' } }, /match\.paht: there is no such field; did you mean "path"\?/],
    [{ match: { path: 'app' } }, /match\.path: "app" is no path such as \/app/],
    [{ match: { path: '/a/../b' } }, /match\.path/],
    [{ match: { path: '/a%20b' } }, /match\.path/],
    [{ match: { path: '/app/' } }, /match\.path/],
    [{ match: { path: '/:a/:b' } }, /match\.path/],
    [{ match: { path: '/s/:session' } }, /match\.path: ":session" needs a session\.pathParameter/],
    [
      { match: { host: 'http://app.example' } },
      /match\.host: .* is no host name; write it without scheme and port/,
    ],
    [{ match: { host: 'app.example:80' } }, /match\.host/],
    [{ match: { host: '0x7f.1' } }, /match\.host/],
    [{ target: undefined }, /target: nothing is no address such as/],
    [{ target: 'ftp://127.0.0.1' }, /target: "ftp:\/\/127\.0\.0\.1" is no address/],
    [{ target: 'http://127.0.0.1:3000/' }, /target: .* without a path/],
    [{ target: 'http://user@127.0.0.1' }, /target/],
    [{ tls: {} }, /tls: only a target with https:\/\/ has it/],
    [{ target: 'https://a', tls: 'x' }, /tls: it must be an object with ca, serverName, or both/],
    [{ target: 'https://a', tls: { cert: 'x' } }, /tls\.cert: there is no such field/],
    [{ target: 'https://a', tls: { ca: 'ca.pem' } }, /tls\.ca: "ca\.pem" is no path from the root/],
    [{ target: 'https://a', tls: { ca: '' } }, /tls\.ca/],
    [{ target: 'https://a', tls: { serverName: 'a:443' } }, /tls\.serverName: "a:443" is no host name/],
    [{ target: 'https://a', tls: { serverName: '10.0.0.1' } }, /tls\.serverName/],
    [{ target: 'https://a', tls: { rejectUnauthorized: false } }, /tls\.rejectUnauthorized/],
    [{ target: 'unix:app.sock' }, /target/],
    [{ scope: undefined }, /scope: it is missing\. Use "none" or one of/],
    [{ scope: 'operator.everything' }, /scope: "operator\.everything" is no scope\. Use "none" or one of/],
    [{ auth: 'public' }, /scope: with auth "public" nobody is asked for one; leave it out/],
    [{ auth: 'maybe' }, /auth: "maybe" is none of "required", "optional", "public"/],
    [{ session: 'main' }, /session: it must be an object/],
    [{ session: {} }, /session: it needs a header or a pathParameter/],
    [{ session: { header: 'a', pathParameter: 'b' } }, /session: it needs a header or a pathParameter/],
    [{ session: { header: 'Authorization' } }, /session\.header: "Authorization" is no header/],
    [{ session: { header: 'X-Pairgate-Device' } }, /session\.header/],
    [{ session: { header: 'a b' } }, /session\.header/],
    [
      { session: { pathParameter: 'session' } },
      /session\.pathParameter: match\.path has no segment ":session"/,
    ],
    [{ session: { header: 'X-S' }, auth: 'optional' }, /session: only with auth "required"/],
    [{ websocket: 'yes' }, /websocket: "yes" is neither true nor false/],
    [{ rawPath: true }, /rawPath: only an upstream with a host of its own and no path may have it/],
    [{ timeouts: 5 }, /timeouts: it must be an object with connectMs, responseMs, idleMs/],
    [{ timeouts: { idleMs: 0 } }, /timeouts\.idleMs: 0 is no number of milliseconds from 1 to 86400000/],
    [{ timeouts: { idle: 5 } }, /timeouts\.idle: there is no such field/],
    [{ tagret: 'x' }, /tagret: there is no such field; did you mean "target"\?/],
  ]
  for (const [fields, message] of wrong) {
    test(`with ${JSON.stringify(fields)} is refused by the name of the field`, () => {
      assert.match(
        upstreamsFault([GOOD, { ...GOOD, match: { path: '/other' }, ...fields }]) ?? '',
        /^entry 2, /,
      )
      assert.match(upstreamsFault([{ ...GOOD, ...fields }]) ?? '', message)
    })
  }
  test('of an app that another program serves has a host, perhaps a path, and a scope', () => {
    const forwarded = {
      match: { host: 'app.example', path: '/a' },
      scope: 'operator.read',
      forwardAuth: true,
    }
    assert.equal(upstreamsFault([GOOD, forwarded]), undefined)
    assert.deepEqual(readUpstreams([forwarded]), [])
    assert.deepEqual(readForwardAuth([GOOD, forwarded]), [
      {
        host: 'app.example',
        segments: ['a'],
        route: 'app.example/a',
        auth: 'required',
        scope: 'operator.read',
      },
    ])
    const faults: readonly (readonly [object, RegExp])[] = [
      [{ ...forwarded, target: 'http://127.0.0.1:1' }, /^entry 1, target: with forwardAuth another program/],
      [{ ...forwarded, match: { path: '/a' } }, /match: with forwardAuth it needs a host/],
      [
        { ...forwarded, match: { host: 'a.b', path: '/:x' } },
        /match\.path: with forwardAuth it names no session/,
      ],
      [{ ...forwarded, scope: undefined }, /scope: it is missing/],
      [{ ...forwarded, scop: 'none' }, /scop: there is no such field; did you mean "scope"/],
      [{ ...GOOD, forwardAuth: 'yes' }, /forwardAuth: "yes" is neither true nor false/],
    ]
    for (const [entry, message] of faults) assert.match(upstreamsFault([entry]) ?? '', message)
    const both = [forwarded, { ...GOOD, match: { host: 'app.example' } }]
    assert.match(upstreamsFault(both) ?? '', /^entry 2, match\.host: of the entries of one host/)
  })
  test('stands for one place only', () => {
    assert.match(
      upstreamsFault([GOOD, GOOD]) ?? '',
      /^entry 2, match: another entry has the same host and path/,
    )
    assert.match(upstreamsFault(['x']) ?? '', /^entry 1, it is no object/)
  })
})
