import type { EventHead, EventSeal } from '@pairgate/core'
import { sameText } from '../platform/node-crypto.ts'

/** What a backup says of itself, in the line of JSON behind its database. */
export interface BackupManifest {
  readonly madeAt: number
  /** Version of the program that made it. */
  readonly version: string
  /** Version of the tables. */
  readonly schema: string
  /** Where the event log of the copy ends. */
  readonly head: EventHead
  /** Bytes of the database, which is everything before this line. */
  readonly size: number
  readonly sha256: string
  /** Which key the seal is made with. */
  readonly key: string
}

export interface SealedManifest extends BackupManifest {
  readonly seal: string
}

const FORMAT = 1
/** No line is longer, so the end of a file tells whether it is a backup. */
export const LONGEST_MANIFEST = 4_096
const START = '\n{"pairgateBackup":'
const HEX_256 = /^[0-9a-f]{64}$/

/** The end of a backup: the seal covers everything else that the line says, the hash of the database included. */
export function formatManifest(manifest: BackupManifest, seal: EventSeal): string {
  return `\n${JSON.stringify({ ...plainManifest(manifest), seal: seal.macOf(sealedText(manifest)) })}\n`
}

export function hasOwnSeal(manifest: SealedManifest, seal: EventSeal): boolean {
  return sameText(manifest.seal, seal.macOf(sealedText(manifest)))
}

export type ReadManifest =
  | { readonly found: 'manifest'; readonly manifest: SealedManifest }
  | { readonly found: 'newer' }
  | { readonly found: 'nothing' }

/** Reads the end of a file of that size. Each byte counts: a line that is spelled in another way is none. */
export function readManifest(end: string, fileSize: number): ReadManifest {
  const at = end.lastIndexOf(START)
  if (at < 0) return { found: 'nothing' }
  const text = end.slice(at)
  const said = parse(text)
  if (Number.isSafeInteger(said['pairgateBackup']) && Number(said['pairgateBackup']) > FORMAT)
    return { found: 'newer' }
  const manifest = toManifest(said)
  if (!manifest) return { found: 'nothing' }
  const spelled = `\n${JSON.stringify({ ...plainManifest(manifest), seal: manifest.seal })}\n`
  const isExact = spelled === text && manifest.size + Buffer.byteLength(text) === fileSize
  return isExact ? { found: 'manifest', manifest } : { found: 'nothing' }
}

function sealedText(manifest: BackupManifest): string {
  return JSON.stringify(plainManifest(manifest))
}

/** One order of the fields, so that what is sealed has one spelling. */
function plainManifest({ madeAt, version, schema, head, size, sha256, key }: BackupManifest) {
  const { epoch, seq, mac } = head
  return { pairgateBackup: FORMAT, madeAt, version, schema, head: { epoch, seq, mac }, size, sha256, key }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

function toManifest(said: Readonly<Record<string, unknown>>): SealedManifest | undefined {
  const { madeAt, version, schema, size, sha256, key, seal } = said
  const { epoch, seq, mac } = Object(said['head'])
  if (![madeAt, size, epoch, seq].every(isCount)) return undefined
  if (![version, schema, mac, key].every((text) => typeof text === 'string')) return undefined
  if (![sha256, seal].every((text) => typeof text === 'string' && HEX_256.test(text))) return undefined
  // Each of them was looked at above.
  const checked = { madeAt, version, schema, size, sha256, key, seal } as Omit<SealedManifest, 'head'>
  return { ...checked, head: { epoch, seq, mac } }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
