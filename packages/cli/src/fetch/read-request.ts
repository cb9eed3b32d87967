import { createReadStream, openAsBlob } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { CommandError } from '../output/command-error.ts'

export interface RequestFlags {
  readonly method?: string
  readonly header?: readonly string[]
  readonly data?: string
}

/** What is asked, in the words of `fetch`. */
export interface Asking {
  readonly init: RequestInit & { readonly method: string }
  /** The body is a file or standard input, and may be of any length. */
  readonly isUpload: boolean
}

const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/
/** How the command proves itself; a second proof beside it would be refused, or would win. */
const OURS: ReadonlySet<string> = new Set(['authorization', 'dpop'])
/** What belongs to the connection, and is written by who sends. */
const FRAMING: ReadonlySet<string> = new Set([
  ...['connection', 'content-length', 'expect', 'host', 'keep-alive', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
])

/** @throws CommandError for a flag that cannot be meant. */
export async function readRequest({ method, header = [], data }: RequestFlags): Promise<Asking> {
  const headers = readHeaders(header)
  const body = data === undefined ? undefined : await readData(data)
  // What is printed are the bytes that were sent.
  if (!headers.has('accept-encoding')) headers.set('accept-encoding', 'identity')
  const verb = (method ?? (body ? 'POST' : 'GET')).toUpperCase()
  if (!/^[A-Z]{1,32}$/.test(verb)) throw new CommandError(`Invalid --method. Received: "${method}".`)
  if (body && (verb === 'GET' || verb === 'HEAD'))
    throw new CommandError(`A ${verb} request has no body.`, {
      next: ['Leave out --data, or name another --method.'],
    })
  if (!body) return { init: { method: verb, headers }, isUpload: false }
  if (!headers.has('content-type')) headers.set('content-type', body.type)
  // The types do not know that a body may be a stream.
  const init = { method: verb, headers, body: body.content, duplex: 'half' } as Asking['init']
  return { init, isUpload: typeof body.content !== 'string' }
}

function readHeaders(lines: readonly string[]): Headers {
  const headers = new Headers()
  for (const line of lines) {
    const [, name = '', value = ''] = HEADER.exec(line) ?? []
    if (name === '')
      throw new CommandError('Invalid --header. Use "<name>: <value>", e.g. --header "Accept: text/plain".')
    refuseName(name)
    try {
      headers.append(name, value)
    } catch {
      throw new CommandError(`The value of the header "${name}" holds a letter that a header cannot carry.`)
    }
  }
  return headers
}

function refuseName(name: string): void {
  const lower = name.toLowerCase()
  if (OURS.has(lower)) {
    throw new CommandError(`The header "${name}" is not yours to set: the command proves itself by it.`, {
      next: ['It shows the token of this device, or with --access-token one that is made for the request.'],
    })
  }
  if (FRAMING.has(lower))
    throw new CommandError(`The header "${name}" belongs to the connection and is set by the command.`)
}

interface Body {
  readonly content: string | Blob | ReadableStream<Uint8Array<ArrayBuffer>>
  readonly type: string
}

async function readData(data: string): Promise<Body> {
  const type = 'application/octet-stream'
  if (data === '-') return { content: streamOf(process.stdin), type }
  if (data.startsWith('@')) return { content: await openFile(data.slice(1)), type }
  return { content: data, type: isJson(data) ? 'application/json' : 'text/plain;charset=UTF-8' }
}

/** A file is of a known length; what is none, such as a named pipe, is read as it comes. */
async function openFile(path: string): Promise<Body['content']> {
  try {
    await access(path, constants.R_OK)
    const found = await stat(path)
    if (found.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
    return found.isFile() ? await openAsBlob(path) : streamOf(createReadStream(path))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no file'
    throw new CommandError(`The file of --data cannot be read: ${path} (${code}).`)
  }
}

function streamOf(readable: Readable): ReadableStream<Uint8Array<ArrayBuffer>> {
  return Readable.toWeb(readable) as ReadableStream<Uint8Array<ArrayBuffer>>
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
