import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { collect, createMachine, waitForOutput } from './run-cli.ts'

const EXAMPLE = new URL('../../../examples/otel.mjs', import.meta.url)
const TOKEN = 'a-shared-token-of-this-test'
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'
const TRACEPARENT = `00-${TRACE}-${PARENT}-01`
/** Tells what of OpenTelemetry is imported, and by whom does not matter. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  registerHooks({ resolve(specifier, context, next) {
    if (specifier.includes('opentelemetry/api')) console.log('loaded ' + specifier)
    return next(specifier, context)
  } })
`)}`

/** A gateway with these modules loaded before it. */
async function startGateway(context: TestContext, ...imports: readonly (string | URL)[]) {
  const machine = createMachine()
  context.after(() => machine.remove())
  const gateway = machine.start(['gateway', 'run', '--port', '0'], {
    OPENCLAW_GATEWAY_TOKEN: TOKEN,
    NODE_OPTIONS: imports.map((module) => `--import ${module}`).join(' '),
  })
  const ended = collect(gateway)
  context.after(() => void gateway.kill('SIGKILL'))
  const [, url = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  return {
    url,
    async stop() {
      gateway.kill('SIGTERM')
      return (await ended).stdout
    },
  }
}

/** Sends frames one after the other, each when the one before was answered. */
async function say(url: string, frames: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const socket = new WebSocket(url)
  const left = [...frames]
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.addEventListener('message', ({ data }) => {
    const { type, event } = JSON.parse(String(data))
    if (type === 'event' && event !== 'connect.challenge') return
    const frame = left.shift()
    if (frame) socket.send(JSON.stringify({ type: 'req', ...frame }))
    else socket.close()
  })
  socket.addEventListener('close', () => resolve())
  await promise
}

function connect(token: string) {
  return {
    id: 'c',
    method: 'connect',
    traceparent: TRACEPARENT,
    params: {
      minProtocol: 4,
      maxProtocol: 4,
      client: { id: 'cli', mode: 'cli', version: '1', platform: 'test' },
      scopes: ['operator.read'],
      auth: { token },
    },
  }
}

interface Span {
  readonly text: string
  readonly name: string | undefined
  readonly traceId: string | undefined
  readonly parentId: string | undefined
}

/** What the example prints. */
function spansIn(stdout: string): readonly Span[] {
  return [...stdout.matchAll(/^\{\n.*?^\}$/gms)].map(([text]) => ({
    text,
    name: /^ {2}name: '(.*)'/m.exec(text)?.[1],
    traceId: /^ {2}traceId: '(.*)'/m.exec(text)?.[1],
    parentId: /parentSpanContext: \{[^}]*spanId: '(\w+)'/.exec(text)?.[1],
  }))
}

/** The attributes of a span, but for the connection's id. */
function attributesOf({ text }: Span): readonly string[] {
  const [, block = ''] = /^ {2}attributes: \{\n(.*?)^ {2}\}/ms.exec(text) ?? []
  const lines = block
    .trim()
    .split('\n')
    .map((line) => line.trim().replace(/,$/, ''))
  assert.ok(
    lines.some((line) => /^'pairgate\.connection\.id': '[0-9a-f-]{36}'$/.test(line)),
    block,
  )
  return lines.filter((line) => !line.startsWith("'pairgate.connection.id'"))
}

test('with the SDK of the documentation every request and handshake is a span, below the one of its traceparent', async (context) => {
  const { url, stop } = await startGateway(context, EXAMPLE)
  await say(url, [
    connect(TOKEN),
    { id: 'one', method: 'health', traceparent: TRACEPARENT },
    { id: 'two', method: 'device.pair.list', traceparent: 'no-traceparent' },
    { id: 'three', method: 'no.such.method' },
  ])
  await say(url, [connect('a-wrong-token')])
  const stdout = await stop()
  const spans = spansIn(stdout)

  const rpc = (method: string, outcome: string, id: string) => [
    "'rpc.system.name': 'openclaw'",
    `'rpc.method': '${method}'`,
    `'rpc.response.status_code': '${outcome}'`,
    `'pairgate.request.id': '${id}'`,
  ]
  const role = "'pairgate.role': 'operator'"
  assert.deepEqual(
    spans.map((span) => [span.name, span.parentId, attributesOf(span)]),
    [
      ['connect', PARENT, [...rpc('connect', 'accepted', 'c'), role]],
      ['health', PARENT, [...rpc('health', 'ok', 'one'), role]],
      ['device.pair.list', undefined, [...rpc('device.pair.list', 'scope-missing', 'two'), role]],
      ['openclaw', undefined, [...rpc('_OTHER', 'scope-missing', 'three'), role]],
      // A stranger does not choose the trace that it is part of.
      ['connect', undefined, rpc('connect', 'token-mismatch', 'c')],
    ],
  )
  assert.deepEqual(
    spans.map(({ traceId }) => traceId === TRACE),
    [true, true, false, false, false],
  )
  for (const { text } of spans) {
    assert.match(text, /^ {2}kind: 1,$/m, 'no span of a server')
    assert.match(text, /'service\.name': 'pairgate'/)
    assert.match(text, /status: \{ code: 0 \}/, 'a refusal is no fault of the gateway')
  }
  assert.doesNotMatch(stdout, /a-shared-token|a-wrong-token|127\.0\.0\.1:\d+\/|no\.such\.method/)
})

test('without an SDK nothing of OpenTelemetry is loaded', async (context) => {
  const plain = await startGateway(context, WATCH)
  await say(plain.url, [connect(TOKEN), { id: 'one', method: 'health', traceparent: TRACEPARENT }])
  assert.doesNotMatch(await plain.stop(), /loaded/)
  const traced = await startGateway(context, WATCH, EXAMPLE)
  assert.match(await traced.stop(), /loaded @opentelemetry\/api/)
})

test('the documentation shows the example that is tested', () => {
  const page = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8')
  assert.ok(page.includes(`\`\`\`js\n${readFileSync(EXAMPLE, 'utf8')}\`\`\`\n`))
})
