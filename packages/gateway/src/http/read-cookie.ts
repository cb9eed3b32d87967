/**
 * The value of the one cookie of this name. Browsers send several of one name when somebody else could set one
 * too, and which of them is ours cannot be told: then none is.
 */
export function readCookie(header: string | undefined, name: string): string | 'absent' | 'unclear' {
  if (header === undefined || !header.includes(name)) return 'absent'
  let found: string | undefined
  for (const pair of header.split(';')) {
    const mark = pair.indexOf('=')
    if (mark < 0 || pair.slice(0, mark).trim() !== name) continue
    if (found !== undefined) return 'unclear'
    found = pair.slice(mark + 1).trim()
  }
  return found ?? 'absent'
}
