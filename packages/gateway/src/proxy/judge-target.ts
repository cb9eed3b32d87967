import { OUR_SECRET } from '../http/our-secrets.ts'

/** A request target whose meaning two programs cannot read differently. */
export interface Target {
  /** As it was written, and as it goes on to the upstream. */
  readonly raw: string
  /** Its path as it was written. */
  readonly path: string
  /** The segments of the path, decoded; the last is empty when the path ends with a slash. */
  readonly segments: readonly string[]
}

const LONGEST = 8_192
// Unreserved letters, what RFC 3986 lets stand in a segment but `;`, and escapes. `+` and `'` are plain here.
const PATH = /^(?:\/(?:[A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})*)+$/
// Browsers leave the brackets and a few more as they are in a query.
const QUERY = /^(?:[A-Za-z0-9._~!$&'()*+,=:@/?[\]{}|^`-]|%(?!00)[0-9A-Fa-f]{2})*$/
/**
 * Escapes that say another thing than the letter they stand for, to one program or another: `/`, `\`, `%`, `;`,
 * `#`, control characters; and letters that nobody has to escape, so that a path has one spelling.
 */
const BAD_ESCAPE = /%(?:2f|5c|25|3b|23|[01][0-9a-f]|7f|3[0-9]|[46][1-9a-f]|[57][0-9a]|2d|2e|5f|7e)/i
const RAW = /^\/[!-"$-~]*$/

/**
 * Judges a request target by a list of what may be in it: path and query of one form, with nothing that one
 * program takes for a step upwards, a parameter or an end, and another for a name (T34).
 * @returns `undefined` for anything else.
 */
export function judgeTarget(raw: string): Target | undefined {
  if (raw.length > LONGEST) return undefined
  const mark = raw.indexOf('?')
  const path = mark < 0 ? raw : raw.slice(0, mark)
  if (!PATH.test(path) || (mark >= 0 && !QUERY.test(raw.slice(mark + 1)))) return undefined
  const isPlain = !path.includes('%')
  if (!isPlain && BAD_ESCAPE.test(path)) return undefined
  const segments = readSegments(path, isPlain)
  return segments && { raw, path, segments }
}

/** For an upstream that takes everything below its host: one line of plain letters that begins as a path does. */
export function judgeRawTarget(raw: string): Target | undefined {
  if (raw.length > LONGEST || !RAW.test(raw)) return undefined
  return { raw, path: raw.replace(/\?.*$/, ''), segments: [] }
}

function readSegments(path: string, isPlain: boolean): readonly string[] | undefined {
  const written = path.slice(1).split('/')
  const segments = isPlain ? written : written.map(decode)
  const last = segments.length - 1
  const isClear = (segment: string | undefined, at: number) =>
    // Of two slashes some programs make one.
    segment !== undefined && segment !== '.' && segment !== '..' && (segment !== '' || at === last)
  return segments.every(isClear) ? (segments as readonly string[]) : undefined
}

/** Overlong and broken UTF-8 is no text, and what is none may be read as anything. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/**
 * Whether a target carries what looks like a secret of ours, however it is escaped. Other programs may have
 * tokens of theirs in a URL; ours have been written into logs and histories then.
 */
export function carriesOurSecret(raw: string): boolean {
  if (OUR_SECRET.test(raw)) return true
  if (!raw.includes('%')) return false
  // Letter by letter: one escape that is no text must not hide the rest.
  return OUR_SECRET.test(
    raw.replace(/%([2-7][0-9a-f])/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  )
}
