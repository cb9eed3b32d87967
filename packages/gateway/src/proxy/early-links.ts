/** One link of a `Link` header, up to the comma behind it (RFC 8288, section 3). */
const LINK = /[ \t,]*(<[^>]*>(?:[^",]|"[^"]*")*)(?=,|$)/y
/** As Node writes them; it throws at any other. */
const WRITABLE = /^<[!-;=?-~]*>(?:; ?[!#$&*+.^_`|~0-9A-Za-z-]+(?:=(?:"[!#-:<-~]*"|[!#-+.-:<-~-]*))?)*$/

/** Of the values of `Link` headers those links that can be passed on; of the rest nothing is said. */
export function earlyLinks(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => {
    const links: string[] = []
    LINK.lastIndex = 0
    for (let found = LINK.exec(value); found; found = LINK.exec(value)) links.push((found[1] ?? '').trim())
    return links.filter((link) => WRITABLE.test(link))
  })
}
