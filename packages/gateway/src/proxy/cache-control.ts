import { createRecentlyUsed } from '../platform/recently-used.ts'

/** One directive, with or without a value, and what follows it (RFC 9111, section 5.2). */
const DIRECTIVE =
  /[ \t,]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:=(?:"(?:[^"\\]|\\.)*"|[!#$%&'*+.^_`|~0-9A-Za-z-]*))?[ \t]*(?:,|$)/y
/** They say to caches that many share what they may keep. */
const FOR_SHARED: ReadonlySet<string> = new Set(['public', 's-maxage', 'private'])
/** Beside `Cache-Control` some caches obey another header, and then only that. */
const OTHERS = /^(?:.+-cache-control|surrogate-control|edge-control|x-accel-expires)$/

/** Whether a header by this name, in lower case, tells some shared caches what `Cache-Control` tells all others. */
export function isCacheControlOfSome(name: string): boolean {
  return OTHERS.test(name)
}

/** Upstreams say the same few things again and again. */
const REMEMBERED = 128

/**
 * What an upstream says to caches about an answer that was for one caller: all of it but what lets a cache keep it
 * that others are served from. A cache knows `Authorization`, but takes a cookie for no credential, and with
 * `public` keeps even what a token has opened.
 */
export const forOneCaller = createRecentlyUsed(REMEMBERED, (said: string): string => {
  const kept: string[] = []
  DIRECTIVE.lastIndex = 0
  for (let at = 0; at < said.length; at = DIRECTIVE.lastIndex) {
    const found = DIRECTIVE.exec(said)
    // What one cache reads so and another one so is kept by none.
    if (!found) return 'no-store'
    const [written, name = ''] = found
    if (!FOR_SHARED.has(name.toLowerCase())) kept.push(written.replace(/^[ \t,]+|[ \t,]+$/g, ''))
  }
  return [...kept, 'private'].join(', ')
})
