import { fillText } from './fill-text.ts'

export type Values = Readonly<Record<string, string | number>>

/**
 * Says texts of a catalogue. Numbers are written as the reader writes them, and a text with a `|` has two
 * forms: the first for one, the second for any other `{count}`.
 */
export function createSay<K extends string>(texts: Readonly<Record<K, string>>, language: string) {
  const number = new Intl.NumberFormat(language)
  const plural = new Intl.PluralRules(language)
  return (key: K, values: Values = {}): string => {
    const [one, other = one] = texts[key].split('|')
    const { count } = values
    const form = typeof count === 'number' && plural.select(count) === 'one' ? one : other
    return fillText(form ?? '', inWords(values, number))
  }
}

function inWords(values: Values, number: Intl.NumberFormat): Values {
  const said = Object.entries(values).map(
    ([name, value]) => [name, typeof value === 'number' ? number.format(value) : value] as const,
  )
  return Object.fromEntries(said)
}
