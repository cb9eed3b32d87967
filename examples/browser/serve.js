// Serves the page: `node examples/browser/serve.js 18999`, then open it with `?gateway=ws://127.0.0.1:18789`.
// The gateway has to allow the page: gateway.controlUi.allowedOrigins: ['http://127.0.0.1:18999']
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'

const page = fileURLToPath(new URL('page.js', import.meta.url))
const { output } = await build({ input: page, platform: 'browser', tsconfig: false, write: false })
const scripts = new Map(output.map((file) => [`/${file.fileName}`, file.code]))
const html = readFileSync(new URL('index.html', import.meta.url))

const server = createServer(({ url = '/' }, response) => {
  const script = scripts.get(url)
  response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript')
  response.end(script ?? html)
})
server.listen(Number(process.argv[2] ?? 18_999), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`)
})
