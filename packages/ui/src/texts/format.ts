const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** To make a formatter takes longer than to use it a hundred times. */
const ages = new Map<string, Intl.RelativeTimeFormat>()
const instants = new Map<string, Intl.DateTimeFormat>()

/** `3 minutes ago`, `in 2 days`; less than a minute is now. */
export function formatAge(ms: number, now: number, language: string): string {
  const format = ages.get(language) ?? new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  ages.set(language, format)
  const between = ms - now
  const step = STEPS.find(([, size]) => Math.abs(between) >= size)
  return step ? format.format(Math.trunc(between / step[1]), step[0]) : format.format(0, 'second')
}

export function formatInstant(ms: number, language: string): string {
  const tag = ownTag(language)
  const format =
    instants.get(tag) ?? new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' })
  instants.set(tag, format)
  return format.format(ms)
}

/** As the reader writes dates: `en` alone would be American. */
function ownTag(language: string): string {
  return navigator.languages.find((tag) => tag.split('-')[0] === language) ?? language
}
