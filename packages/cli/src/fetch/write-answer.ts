import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'

export interface AnswerFlags {
  readonly output?: string
  readonly include?: boolean
  readonly json?: boolean
}

/** What JSON holds of a body at most; more belongs into a file. */
const MOST_IN_JSON = 16 * 1_024 * 1_024
const LONGEST_HEADER = 16_384
/** What a terminal obeys, but for tabs and line ends; a lone return would write over what stands there. */
const CONTROLS = /\r(?!\n)|(?![\t\n\r])[\p{Cc}\p{Cf}]/gu

/** Prints an answer as it comes, or writes it away; what is refused never takes the place of a file. */
export async function writeAnswer(response: Response, { output, include, json }: AnswerFlags): Promise<void> {
  const isFine = response.status < 400
  const file = isFine ? output : undefined
  if (json) return printJson(await describe(response, file))
  if (include) process.stdout.write(formatHead(response))
  if (file !== undefined) await writeFile(response, file)
  else await writeStdout(response)
}

function formatHead({ status, statusText, headers }: Response): string {
  const lines = [...headers].map(([name, value]) => `${name}: ${cleanText(value, LONGEST_HEADER)}`)
  return `${[`HTTP/1.1 ${status} ${cleanText(statusText)}`.trimEnd(), ...lines].join('\n')}\n\n`
}

async function describe(response: Response, file: string | undefined): Promise<object> {
  const { status, statusText } = response
  const cookies = response.headers.getSetCookie()
  const headers = {
    ...Object.fromEntries(response.headers),
    ...(cookies.length > 1 && { 'set-cookie': cookies }),
  }
  const told = { ok: status < 400, status, statusText, headers }
  if (file === undefined) return { ...told, ...(await readBody(response)) }
  return { ...told, output: file, bytes: await writeFile(response, file) }
}

/** As text where it is text, else in base64. */
async function readBody(
  response: Response,
): Promise<{ readonly body: string } | { readonly bodyBase64: string }> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of piecesOf(response)) {
    size += piece.length
    if (size > MOST_IN_JSON)
      throw new CommandError('The answer is too long for JSON.', {
        next: ['Write it into a file: --output <file>'],
      })
    pieces.push(piece)
  }
  const bytes = Buffer.concat(pieces)
  try {
    return { body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return { bodyBase64: bytes.toString('base64') }
  }
}

async function writeFile(response: Response, file: string): Promise<number> {
  let bytes = 0
  async function* counted() {
    for await (const piece of piecesOf(response)) {
      bytes += piece.length
      yield piece
    }
  }
  const target = createWriteStream(file)
  try {
    await once(target, 'open')
    await pipeline(counted, target)
  } catch (error) {
    if (error instanceof CommandError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no file'
    throw new CommandError(`The file of --output cannot be written: ${file} (${code}).`)
  }
  return bytes
}

async function writeStdout(response: Response): Promise<void> {
  const clean = process.stdout.isTTY ? createCleaner() : undefined
  for await (const piece of piecesOf(response)) await write(clean ? clean(piece) : piece)
  if (clean) await write(clean())
}

async function write(piece: Uint8Array | string): Promise<void> {
  if (!process.stdout.write(piece)) await once(process.stdout, 'drain')
}

/** A terminal does what some letters tell it to, and an answer is a stranger's; a pipe gets every byte. */
function createCleaner(): (piece?: Uint8Array) => string {
  const decoder = new TextDecoder()
  return (piece) =>
    (piece ? decoder.decode(piece, { stream: true }) : decoder.decode()).replace(
      CONTROLS,
      (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`,
    )
}

/** @throws CommandError when the answer ends before it is whole. */
async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (!body) return
  let bytes = 0
  try {
    for await (const piece of Readable.fromWeb(body as NodeStream<Uint8Array>)) {
      bytes += piece.length
      yield piece
    }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CommandError(`The answer broke off after ${bytes} bytes (${why}).`, {
      next: ['A gateway cuts what a token has opened when it is revoked, replaced or runs out.'],
    })
  }
}
