interface LineDestination {
  write(line: string): unknown
}

const MARKS: Readonly<Record<string, string>> = { warn: 'Warning: ', error: 'Error: ', fatal: 'Error: ' }
/** Shown at the head of the line, or of no use to a person at a terminal. */
const HIDDEN: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'err', 'stack'])

/** Turns the log's JSON lines into `12:30:05 Warning: text (port 18789)`. */
export function createHumanLines(destination: LineDestination): { write(line: string): void } {
  return { write: (line) => void destination.write(`${humanLine(line)}\n`) }
}

/** One JSON line for people; a line that is no JSON stays as it is. */
function humanLine(line: string): string {
  const entry = parse(line)
  if (!entry) return line.trimEnd()
  const time = String(entry['time'] ?? '').slice(11, 19)
  const text = `${MARKS[String(entry['level'])] ?? ''}${printable(entry['msg'] ?? '')}`
  const fields = Object.entries(entry)
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, value]) => `${name} ${printable(value)}`)
  const error = errorText(entry['err'])
  const rest = error === undefined ? fields : [...fields, error]
  return `${time} ${text}${rest.length > 0 ? ` (${rest.join(', ')})` : ''}`
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const entry: unknown = JSON.parse(line)
    return typeof entry === 'object' && entry !== null ? { ...entry } : undefined
  } catch {
    return undefined
  }
}

function errorText(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('message' in error)) return undefined
  return printable(error.message)
}

/** A peer chooses some of these texts: control characters could rewrite the terminal. */
function printable(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
}
