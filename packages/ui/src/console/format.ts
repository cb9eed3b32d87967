const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** To make one takes longer than to use it a hundred times. */
const ages = new Map<string, Intl.RelativeTimeFormat>()

/** `3 minutes ago`, `in 2 days`; less than a minute is now. */
export function formatAge(ms: number, now: number, language: string): string {
  const format = ages.get(language) ?? new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  ages.set(language, format)
  const between = ms - now
  const step = STEPS.find(([, size]) => Math.abs(between) >= size)
  return step ? format.format(Math.trunc(between / step[1]), step[0]) : format.format(0, 'second')
}

export function formatInstant(ms: number, language: string): string {
  return new Intl.DateTimeFormat(ownTag(language), { dateStyle: 'medium', timeStyle: 'short' }).format(ms)
}

/** As the reader writes dates: `en` alone would be American. */
function ownTag(language: string): string {
  return navigator.languages.find((tag) => tag.startsWith(language)) ?? language
}
