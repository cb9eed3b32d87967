import { open, rename } from 'node:fs/promises'
import type { EventHead, HeadKeeper } from '@pairgate/core'
import type { Log } from '../platform/log.ts'
import { readStateText } from './private-text.ts'
import { StateError } from './state-error.ts'

/** A seal: HMAC-SHA-256 in hex; the head of a log without events has none. */
const MAC = /^(?:[0-9a-f]{64})?$/

/** The head that was noted last, or `undefined` when there is no note. */
export async function readHead(path: string): Promise<EventHead | undefined> {
  const text = await readStateText(path)
  if (text === undefined) return undefined
  const head = parseHead(text)
  if (head) return head
  throw new StateError(
    `${path} does not hold the head of an event log, so nobody can tell whether the database is complete.\n` +
      'Put it back as it was. If that cannot be done: openclaw recover --accept-rollback',
  )
}

/** The whole note is replaced at once, and it is on the disk before it takes its place. */
export async function writeHead(path: string, { epoch, seq, mac }: EventHead): Promise<void> {
  const draft = `${path}.tmp`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify({ epoch, seq, mac })}\n`)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}

/** Keeps the head in its file, and knows it. */
export interface EventHeadFile extends HeadKeeper {
  readonly head: EventHead
  /** Whether the last note could not be written. */
  readonly isFailing: boolean
}

/**
 * Writes one note at a time; what is noted meanwhile goes into the next one, however much it is. A note
 * that cannot be written fails no decision, which is committed by then, and forbids none: a full disk must
 * keep nobody from revoking. It is logged, and tried again by the next decision and the next sweep.
 */
export function createHeadKeeper({
  path,
  log,
  saved,
}: {
  readonly path: string
  readonly log: Log
  /** What the file holds. */
  readonly saved: EventHead
}): EventHeadFile {
  let onDisk = saved
  let head = saved
  let isFailing = false
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  async function write(): Promise<void> {
    const wanted = head
    try {
      await writeHead(path, wanted)
      onDisk = wanted
      if (isFailing) log.info({ path }, 'the head of the event log is noted again')
      isFailing = false
    } catch (error) {
      if (!isFailing) log.error({ err: error, path }, 'the head of the event log could not be noted')
      isFailing = true
    }
  }
  function start(): Promise<void> {
    running = write().finally(() => {
      running = undefined
    })
    return running
  }
  function written(): Promise<void> {
    if (onDisk === head) return Promise.resolve()
    if (!running) return start()
    next ??= running.then(() => {
      next = undefined
      return onDisk === head ? undefined : start()
    })
    return next
  }
  return {
    note({ epoch, seq, mac }) {
      head = { epoch, seq, mac }
      void written()
    },
    written,
    get head() {
      return head
    },
    get isFailing() {
      return isFailing
    },
  }
}

function parseHead(text: string): EventHead | undefined {
  try {
    const { epoch, seq, mac } = Object(JSON.parse(text))
    const isHead = isCount(epoch) && isCount(seq) && typeof mac === 'string' && MAC.test(mac)
    return isHead ? { epoch, seq, mac } : undefined
  } catch {
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
