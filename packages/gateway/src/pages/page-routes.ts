import { gunzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refuseOthers } from '../http/health-routes.ts'
import { ASSET_HEADERS, pageHeaders } from './page-headers.ts'
import type { PageFile } from './read-pages.ts'

const BELOW = '/__pairgate__/'
/** Served at the root of all pages, where a browser begins; it leads on who is not paired. */
const CONSOLE = 'console'
const PAIR = 'pair'

/**
 * Serves the pages from memory, on the gateway's own origin: whatever is behind the gateway has another one.
 * @param files `undefined` where nothing was built
 */
export function addPageRoutes(app: FastifyInstance, files: readonly PageFile[] | undefined): void {
  for (const file of files ?? []) {
    const path = file.path === CONSOLE ? BELOW : BELOW + file.path
    app.get(path, (request, reply) => sendFile(file, request, reply))
    refuseOthers(app, path)
  }
  if (!files) app.get(BELOW + PAIR, (_request, reply) => sendNotBuilt(reply))
  const hasConsole = files?.some(({ path }) => path === CONSOLE) === true
  // Relative, because a proxy in front may have put a path before it.
  app.get('/', (_request, reply) => reply.redirect(`.${BELOW}${hasConsole ? '' : PAIR}`))
  if (!hasConsole) app.get(BELOW, (_request, reply) => reply.redirect(`./${PAIR}`))
}

function sendFile(
  { type, etag, immutable, gzipped }: PageFile,
  { headers, peer }: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  reply.headers(type.startsWith('text/html') && peer ? pageHeaders(peer) : ASSET_HEADERS)
  reply.header('Cache-Control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
  reply.header('ETag', etag).header('Vary', 'Accept-Encoding')
  if (headers['if-none-match'] === etag) return reply.code(304).send()
  reply.header('Content-Type', type)
  if (!takesGzip(headers['accept-encoding'])) return reply.send(gunzipSync(gzipped))
  return reply.header('Content-Encoding', 'gzip').send(gzipped)
}

function takesGzip(header: string | string[] | undefined): boolean {
  return /(?:^|,)\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)/.test(String(header ?? ''))
}

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  const message =
    'The pages of this gateway were not built: run `npm run build` in the checkout and start the gateway again. Until then devices pair with the command: openclaw connect'
  return reply.code(503).send({ error: { code: 'PAGES_NOT_BUILT', message } })
}
